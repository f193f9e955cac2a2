import type { LoadedDocument } from "../load-documents.ts";
import { parseDocument } from "../parse-documents.ts";

/** Says which documents are of kinds that intramesh does not keep; nothing where there are none. */
export function describeLeftOut(documents: readonly LoadedDocument[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const document of documents) {
    if (parseDocument(document).isKept) continue;
    const kind = String(document.value["kind"]);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
  return [`note: left out, as these kinds are not the mesh's: ${kinds}`];
}
