import type { Resource } from "@intramesh/config";
import { CommandFailure } from "./command-result.ts";
import { exitCodes } from "./exit-code.ts";
import { loadDocuments } from "./load-documents.ts";
import { describeDocument, parseDocument } from "./parse-documents.ts";

/** Checked resources, and what was left out of them. */
export interface ReadResources {
  readonly resources: readonly Resource[];
  /** For stderr, a line each. */
  readonly notes: readonly string[];
}

/** Reads files of resources. Throws a CommandFailure with all errors: a mesh would not run on resources that have any. */
export function readResources(files: readonly string[], readStdin: () => string): ReadResources {
  const { documents, errors } = loadDocuments(files, readStdin);
  const wrong = [...errors];
  const notes: string[] = [];
  const resources: Resource[] = [];
  for (const document of documents) {
    const { resource, issues, isKept } = parseDocument(document);
    const place = `${document.file}:${document.line}`;
    if (resource !== undefined) resources.push(resource);
    else if (!isKept) notes.push(`note: ${place}: ${describeDocument(document)} is left out, it is not the mesh's`);
    for (const { path, message, severity } of issues) {
      if (severity !== "error") continue;
      wrong.push(
        `${document.file}:${document.lineOf(path)}: ${describeDocument(document)} is invalid: ${path}: ${message}`,
      );
    }
  }
  if (wrong.length > 0) throw new CommandFailure(exitCodes.notFine, wrong.join("\n"));
  return { resources, notes };
}
