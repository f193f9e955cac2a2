import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { parseYamlDocuments } from "@intramesh/discovery/yaml-documents";
import { usageFailure } from "./command-result.ts";

/** One resource out of a file, not checked yet. */
export interface LoadedDocument {
  readonly value: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Line of a field; the resource's own where the field is not there. */
  lineOf(path: string): number;
}

/** What the files hold. */
export interface LoadedDocuments {
  readonly documents: readonly LoadedDocument[];
  /** `file:line:column: what is wrong`, a line each. */
  readonly errors: readonly string[];
}

const extensions = new Set([".yaml", ".yml", ".json"]);

/**
 * Reads files, the YAML and JSON files of folders, and `-` for `stdin`. Throws a CommandFailure for a file that
 * cannot be read; what is in it is told in `errors`.
 */
export function loadDocuments(paths: readonly string[], readStdin: () => string): LoadedDocuments {
  const documents: LoadedDocument[] = [];
  const errors: string[] = [];
  for (const path of paths) {
    for (const file of path === "-" ? [path] : filesAt(path)) {
      const name = file === "-" ? "stdin" : file;
      const parsed = parseYamlDocuments(file === "-" ? readStdin() : readFile(file), name);
      errors.push(...parsed.errors.map(({ message }) => message));
      for (const { value, line, lineOf } of parsed.documents) {
        if (isRecord(value))
          documents.push(...flatten({ value, file: name, line, lineOf: (field) => lineOf(field) ?? line }));
        else errors.push(`${name}:${line}: a resource is an object with apiVersion, kind and metadata`);
      }
    }
  }
  return { documents, errors };
}

/** A `List` stands for its items. */
function flatten(document: LoadedDocument): LoadedDocument[] {
  const { value, file, lineOf } = document;
  if (value["kind"] !== "List" || !Array.isArray(value["items"])) return [document];
  return value["items"].filter(isRecord).map((item, index) => {
    const place = (field: string): string => (field === "" ? `items[${index}]` : `items[${index}].${field}`);
    return { value: item, file, line: lineOf(place("")), lineOf: (field) => lineOf(place(field)) };
  });
}

function filesAt(path: string): string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (cause) {
    throw usageFailure(`${path} cannot be read: ${(cause as Error).message}`);
  }
  if (!isFolder) return [path];
  const files = readdirSync(path).filter((name) => extensions.has(extname(name)));
  if (files.length === 0) throw usageFailure(`${path} holds no .yaml, .yml or .json file`);
  return files.sort().map((name) => join(path, name));
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw usageFailure(`${file} cannot be read: ${(cause as Error).message}`);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
