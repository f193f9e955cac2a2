import { usageFailure } from "../command-result.ts";
import type { Finding } from "./finding.ts";

/**
 * Reads values of `--suppress`: `IST0101=VirtualService reviews.default`, with `*` for anything on either side.
 * Throws a usage failure for others.
 */
export function parseSuppressions(values: readonly string[]): (finding: Finding) => boolean {
  const rules = values.map((value) => {
    const equals = value.indexOf("=");
    const [code, object] = [value.slice(0, equals), value.slice(equals + 1)];
    if (equals <= 0 || object === "") {
      throw usageFailure(
        `--suppress "${value}" is not CODE=Kind name.namespace, as in "IST0101=VirtualService *.default"`,
      );
    }
    return { code: globOf(code), object: globOf(object) };
  });
  return ({ code, resource }) => {
    // `Kind namespace/name`
    const named = /^(\S+) ([^/]*)\/(.*)$/.exec(resource);
    const title = named === null ? resource : `${named[1]} ${named[3]}.${named[2]}`;
    return rules.some((rule) => rule.code.test(code) && rule.object.test(title));
  };
}

function globOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i");
}
