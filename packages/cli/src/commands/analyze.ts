import { parseResource, type Resource } from "@intramesh/config";
import { crossCheck } from "../analyze/cross-checks.ts";
import type { Finding, Located } from "../analyze/finding.ts";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { loadDocuments } from "../load-documents.ts";
import { describeDocument, type ParsedDocument, parseDocument } from "../parse-documents.ts";
import type { RegistryClient } from "../registry-client.ts";

export interface AnalyzeOptions {
  /** None: what the registry has. */
  readonly files: readonly string[];
  readonly output: "text" | "json";
  readonly readStdin: () => string;
}

/** Finds what is wrong with resources, in files or in the registry. */
export async function analyze(connect: () => RegistryClient, options: AnalyzeOptions): Promise<CommandResult> {
  const live = options.files.length === 0;
  const findings = live ? analyzeAll(await connect().allResources()) : analyzeFiles(options);
  const code = findings.some(({ severity }) => severity === "error") ? exitCodes.notFine : exitCodes.fine;
  if (options.output === "json") return { out: `${JSON.stringify(findings, null, 2)}\n`, err: [], code };
  if (findings.length > 0) return { out: findings.map(findingLine).join(""), err: [], code };
  const where = live ? "the registry" : options.files.join(", ");
  return { out: "", err: [`✔ No validation issues found when analyzing ${where}.`], code };
}

function analyzeFiles({ files, readStdin }: AnalyzeOptions): Finding[] {
  const { documents, errors } = loadDocuments(files, readStdin);
  const parsed = documents.map(parseDocument);
  const located = parsed.flatMap(({ document: { file, lineOf }, resource }) =>
    resource === undefined ? [] : [{ resource, file, lineOf }],
  );
  return [...errors.map(brokenFile), ...parsed.flatMap(findingsOf), ...crossCheck(located)];
}

function analyzeAll(resources: readonly Resource[]): Finding[] {
  const located: Located<Resource>[] = resources.map((resource) => ({ resource, file: null, lineOf: () => null }));
  const own = resources.flatMap((resource) =>
    parseResource(resource).issues.map((issue) => {
      const { namespace = "default", name } = resource.metadata;
      return { ...issue, resource: `${resource.kind} ${namespace}/${name}`, file: null, line: null };
    }),
  );
  return [...own, ...crossCheck(located)];
}

function findingsOf({ document, issues, isKept }: ParsedDocument): Finding[] {
  const { file, lineOf } = document;
  const resource = describeDocument(document);
  if (!isKept) {
    const message = `${String(document.value["kind"])} is not a kind that intramesh keeps: left out`;
    return [{ code: "IST0106", severity: "info", resource, path: "kind", message, file, line: lineOf("kind") }];
  }
  return issues.map(({ code, severity, path, message }) => ({
    code,
    severity,
    resource,
    path,
    message,
    file,
    line: lineOf(path),
  }));
}

/** `message` begins with `file:line:column: `. */
function brokenFile(message: string): Finding {
  const [, file = null, line] = /^(.*?):(\d+):/.exec(message) ?? [];
  return {
    code: "IST0106",
    severity: "error",
    resource: "",
    path: "",
    message,
    file,
    line: line ? Number(line) : null,
  };
}

function findingLine({ code, severity, resource, path, message, file, line }: Finding): string {
  const level = severity[0]!.toUpperCase() + severity.slice(1);
  const place = [resource, file === null || resource === "" ? "" : `${file}:${line}`].filter((part) => part !== "");
  const where = place.length === 0 ? "" : ` (${place.join(" ")})`;
  return `${level} [${code}]${where} ${path === "" ? "" : `${path}: `}${message}\n`;
}
