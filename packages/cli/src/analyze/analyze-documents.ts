import {
  analyze,
  classifyIssue,
  isSuppressed,
  kindOf,
  type MeshSettings,
  type ObjectMeta,
  parseResource,
  type Resource,
  resourceTitle,
  wellFormedResource,
} from "@intramesh/config";
import type { LoadedDocument } from "../load-documents.ts";
import { describeDocument, parseDocument } from "../parse-documents.ts";
import type { Finding } from "./finding.ts";
import { nearestLine } from "./nearest-line.ts";

/** What is analysed. */
export interface AnalysisInput {
  readonly documents: readonly LoadedDocument[];
  /** What the registry has; undefined where it is not asked. Documents take the places of their namesakes. */
  readonly live: readonly Resource[] | undefined;
  readonly mesh: Partial<MeshSettings>;
  /** For documents that name none. */
  readonly namespace: string;
}

/** What is wrong with each resource alone, and with all of them beside each other. */
export function analyzeDocuments({ documents, live, mesh, namespace }: AnalysisInput): readonly Finding[] {
  const parsed = documents.map((document) => parseDocument(inNamespace(document, namespace)));
  const sources = new Map<Resource, LoadedDocument>();
  for (const { document, resource, isKept } of parsed) {
    const compared = resource ?? (isKept ? wellFormedResource(document.value) : undefined);
    if (compared !== undefined) sources.set(compared, document);
  }
  const named = new Set([...sources.keys()].map(resourceTitle));
  const untouched = (live ?? []).filter((resource) => !named.has(resourceTitle(resource)));
  return withoutRepeats([
    ...parsed.flatMap(({ document, issues }) => ownFindings(document, issues)),
    ...findNamesakes(parsed.filter(({ isKept }) => isKept).map(({ document }) => document)),
    ...untouched.flatMap(liveFindings),
    ...analyze([...untouched, ...sources.keys()], { mesh, isComplete: live !== undefined }).map(
      ({ resource, ...issue }) => toFinding(issue, resourceTitle(resource), sources.get(resource)),
    ),
  ]);
}

/** What is wrong with each document alone. */
export function validateDocuments(documents: readonly LoadedDocument[]): readonly Finding[] {
  return documents.map(parseDocument).flatMap(({ document, issues }) => ownFindings(document, issues));
}

/** A file that cannot be read as what it should be; `message` begins with `file:line:column: `. */
export function brokenFile(message: string): Finding {
  const [, file = null, line] = /^(.*?):(\d+):/.exec(message) ?? [];
  const place = line === undefined ? null : Number(line);
  return { code: "IST0106", severity: "error", resource: "", path: "", message, file, line: place };
}

/** Validation and the checks both look at repeated matches: what both find is told once. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, resource, path, file, line, message } = finding;
    const key = [code, resource, path, file, line, code === "IST0131" ? "" : message].join("\n");
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}

/** Documents that were written before: of one resource the last one applied is left. */
function findNamesakes(documents: readonly LoadedDocument[]): readonly Finding[] {
  const first = new Map<string, LoadedDocument>();
  return documents.flatMap((document) => {
    const title = describeDocument(document);
    const earlier = first.get(title);
    if (earlier === undefined) {
      first.set(title, document);
      return [];
    }
    const message = `is written a second time, after ${earlier.file}:${earlier.line}: the last one applied is left; drop one or rename it`;
    return [toFinding({ code: "IST0133", severity: "warning", path: "metadata.name", message }, title, document)];
  });
}

type Issues = ReturnType<typeof parseResource>["issues"];

function ownFindings(document: LoadedDocument, issues: Issues): Finding[] {
  const { metadata } = document.value;
  const annotations = annotationsOf(metadata);
  return issues
    .map(classifyIssue)
    .filter(({ code }) => !isSuppressed({ annotations }, code))
    .map((issue) => toFinding(issue, describeDocument(document), document));
}

function liveFindings(resource: Resource): Finding[] {
  return parseResource(resource)
    .issues.map(classifyIssue)
    .filter(({ code }) => !isSuppressed(resource.metadata, code))
    .map((issue) => toFinding(issue, resourceTitle(resource), undefined));
}

function toFinding(
  { code, severity, path, message }: Issues[number],
  resource: string,
  document: LoadedDocument | undefined,
): Finding {
  const place = document === undefined ? null : nearestLine(document, path);
  return { code, severity, resource, path, message, file: document?.file ?? null, line: place };
}

function inNamespace(document: LoadedDocument, namespace: string): LoadedDocument {
  const { apiVersion, kind, metadata } = document.value;
  const isNamespaced =
    typeof apiVersion === "string" && typeof kind === "string" && kindOf(apiVersion, kind)?.namespaced;
  if (!isNamespaced || typeof metadata !== "object" || metadata === null || "namespace" in metadata) return document;
  return { ...document, value: { ...document.value, metadata: { ...metadata, namespace } } };
}

/** Of what may not be metadata at all. */
function annotationsOf(metadata: unknown): NonNullable<ObjectMeta["annotations"]> {
  const { annotations } = (metadata ?? {}) as { readonly annotations?: unknown };
  const entries = typeof annotations === "object" && annotations !== null ? Object.entries(annotations) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
