import { kinds, type Resource } from "@intramesh/config";
import { acceptResource } from "../accept-resource.ts";
import { resourceKey, resourceTitle } from "../resource-key.ts";
import type { YamlDocument } from "../yaml-documents.ts";

/** What one file says. */
export interface ParsedFile {
  readonly resources: readonly Resource[];
  /** `file:line:column: what is wrong` or `file:line: …`, each a finding; the resources are not to be used then. */
  readonly problems: readonly string[];
}

const groups: ReadonlySet<string> = new Set(kinds.map(({ group }) => group));

/** Kinds of the core group that nobody routes by live beside those that are known, in the same files. */
const coreGroup = "";

/** Reads and checks the text of one file; `file` is for the messages. */
export async function parseFile(text: string, file: string): Promise<ParsedFile> {
  // Parsing YAML takes a module that a process without files need not load.
  const { parseYamlDocuments } = await import("../yaml-documents.ts");
  const { documents, errors } = parseYamlDocuments(text, file);
  const problems = errors.map(({ message }) => message);
  const resources: Resource[] = [];
  for (const document of documents) {
    for (const { value, path } of objectsOf(document.value)) {
      if (isForeign(value)) continue;
      const { resource, issues } = acceptResource(value);
      if (resource !== undefined) resources.push(resource);
      else {
        for (const issue of issues) {
          const place = joinPath(path, issue.path);
          problems.push(`${file}:${lineOf(document, place)}: ${titleOf(value)}${place}: ${issue.message}`);
        }
      }
    }
  }
  return { resources, problems: [...problems, ...repetitions(file, resources)] };
}

/** The items of a `List`, or the object itself. */
function objectsOf(value: unknown): readonly { readonly value: unknown; readonly path: string }[] {
  const { kind, items } = (value ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  if (kind !== "List" || !Array.isArray(items)) return [{ value, path: "" }];
  return items.map((item: unknown, at) => ({ value: item, path: `items[${at}]` }));
}

/** True for a Deployment and its kin, which have their place in such files and no meaning here. */
function isForeign(value: unknown): boolean {
  const { apiVersion, kind } = (value ?? {}) as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? coreGroup : apiVersion.slice(0, slash);
  if (group === coreGroup) return !kinds.some((info) => info.group === coreGroup && info.kind === kind);
  return !groups.has(group);
}

/** The line of a field, or of the nearest thing around it that is there. */
function lineOf(document: YamlDocument, path: string): number {
  for (let place = path; place !== ""; place = place.replace(/(\.|^)[^.[\]]+$|\[[^\]]*\]$/, "")) {
    const line = document.lineOf(place);
    if (line !== undefined) return line;
  }
  return document.line;
}

function joinPath(outer: string, inner: string): string {
  return outer === "" || inner === "" ? outer + inner : `${outer}.${inner}`;
}

function titleOf(value: unknown): string {
  const { kind, metadata } = (value ?? {}) as Partial<Resource>;
  return typeof kind === "string" && typeof metadata?.name === "string" ? `${resourceTitle(value as Resource)}: ` : "";
}

function repetitions(file: string, resources: readonly Resource[]): readonly string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const resource of resources) {
    const key = resourceKey(resource);
    if (seen.has(key)) problems.push(`${file}: ${resourceTitle(resource)} is there twice: one of them has to go`);
    seen.add(key);
  }
  return problems;
}
