import { type MeshSettings, parseMeshSettings } from "@intramesh/config";
import { CommandFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { loadDocuments } from "../load-documents.ts";
import type { RegistryClient } from "../registry-client.ts";

/** Reads the file of `--mesh`. Throws a CommandFailure with all errors. */
export function readMeshSettings(file: string | undefined, readStdin: () => string): Partial<MeshSettings> {
  return parseMeshSettings(readMeshDocument(file, readStdin)).settings ?? {};
}

/** A line for each field of the file that has no effect here, misspelt ones among them; none without a file. */
export function noteUnreadSettings(file: string | undefined, readStdin: () => string): readonly string[] {
  if (file === undefined || file === "-") return [];
  return loadDocuments([file], readStdin).documents.flatMap((document) =>
    parseMeshSettings(document.value)
      .issues.filter(({ severity }) => severity === "warning")
      .map(({ path, message }) => `note: ${file}:${document.lineOf(path)}: ${path}: ${message}`),
  );
}

/** The settings of `--mesh`; without one, those that the registry was started with, where it is asked at all. */
export async function findMeshSettings(
  file: string | undefined,
  readStdin: () => string,
  registry: RegistryClient | undefined,
): Promise<Partial<MeshSettings>> {
  if (file !== undefined || registry === undefined) return readMeshSettings(file, readStdin);
  return parseMeshSettings(await registry.meshConfig()).settings ?? {};
}

/** The MeshConfig of a file, as it is written; empty without a file. Throws a CommandFailure with all errors. */
export function readMeshDocument(file: string | undefined, readStdin: () => string): Readonly<Record<string, unknown>> {
  if (file === undefined) return {};
  const { documents, errors } = loadDocuments([file], readStdin);
  const wrong = documents.flatMap((document) =>
    parseMeshSettings(document.value)
      .issues.filter(({ severity }) => severity === "error")
      .map(({ path, message }) => `${file}:${document.lineOf(path)}: ${path}: ${message}`),
  );
  if (errors.length + wrong.length > 0) throw new CommandFailure(exitCodes.notFine, [...errors, ...wrong].join("\n"));
  return Object.assign({}, ...documents.map(({ value }) => value ?? {})) as Readonly<Record<string, unknown>>;
}
