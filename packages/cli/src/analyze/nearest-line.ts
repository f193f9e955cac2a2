import type { LoadedDocument } from "../load-documents.ts";

/** Line of a field; where it is missing, of the innermost thing around it that is there. */
export function nearestLine({ line, lineOf }: LoadedDocument, path: string): number {
  for (let at = path; at !== ""; at = parentOf(at)) {
    const found = lineOf(at);
    // A document answers with its own line for what it does not have.
    if (found !== line) return found;
  }
  return line;
}

/** `spec.http[0].timeout`, `spec.http[0]`, `spec.http`, `spec`, and nothing. */
function parentOf(path: string): string {
  const parent = path.replace(/(?:\[[^\]]*\]|\.?[^.[\]]+)$/, "");
  return parent === path ? "" : parent;
}
