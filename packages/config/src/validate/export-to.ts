import { isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";

/** Checks the namespaces that a resource of `namespace` is exported to. `~`, nowhere, is for ServiceEntries. */
export function checkExportTo(
  exportTo: readonly string[] | undefined,
  namespace: string,
  place: Place,
  allowsNowhere = false,
): void {
  const seen = new Set<string>();
  for (const [at, name] of (exportTo ?? []).entries()) {
    const resolved = name === "." ? namespace : name;
    if (seen.has(resolved))
      place
        .at(at)
        .error(
          `"${name}" is named twice${name === "." || resolved === namespace ? `: "." is the own namespace, ${namespace}` : ""}`,
        );
    seen.add(resolved);
    const isWord = name === "." || name === "*" || (name === "~" && allowsNowhere);
    if (!isWord && !isDnsLabel(name)) place.at(at).error(`"${name}" is not a namespace: use ".", "*" or a DNS label`);
  }
  for (const word of ["*", "~"]) {
    if (seen.has(word) && seen.size > 1) place.error(`"${word}" stands alone: drop it or the others`);
  }
}
