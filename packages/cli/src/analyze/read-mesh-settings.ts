import { type MeshSettings, parseMeshSettings } from "@intramesh/config";
import { CommandFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { loadDocuments } from "../load-documents.ts";

/** Reads the file of `--mesh`. Throws a CommandFailure with all errors. */
export function readMeshSettings(file: string | undefined, readStdin: () => string): Partial<MeshSettings> {
  if (file === undefined) return {};
  const { documents, errors } = loadDocuments([file], readStdin);
  const parsed = documents.map((document) => ({ document, ...parseMeshSettings(document.value) }));
  const wrong = parsed.flatMap(({ document, issues }) =>
    issues
      .filter(({ severity }) => severity === "error")
      .map(({ path, message }) => `${file}:${document.lineOf(path)}: ${path}: ${message}`),
  );
  if (errors.length + wrong.length > 0) throw new CommandFailure(exitCodes.notFine, [...errors, ...wrong].join("\n"));
  return Object.assign({}, ...parsed.map(({ settings }) => settings ?? {})) as Partial<MeshSettings>;
}
