import { createMeshPolicy, type MeshSettings, parseMeshSettings, type Resource } from "@intramesh/config";
import { HeaderMap } from "@intramesh/core";
import { compileRouteTable, explainRequest, parseTarget } from "@intramesh/routing";
import { CommandFailure, type CommandResult, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { loadDocuments } from "../load-documents.ts";
import { describeDocument, parseDocument } from "../parse-documents.ts";
import type { RegistryClient } from "../registry-client.ts";
import { renderDecision } from "../render/decision.ts";

export interface ExplainOptions {
  readonly url: string;
  readonly method: string;
  /** `name: value`, in order. */
  readonly headers: readonly string[];
  /** None: what the registry has. */
  readonly files: readonly string[];
  readonly sourceNamespace: string;
  /** `key=value` */
  readonly sourceLabels: readonly string[];
  readonly gateway: string | undefined;
  /** A MeshConfig. */
  readonly meshFile: string | undefined;
  readonly output: "text" | "json";
  readonly readStdin: () => string;
}

/** Says what the mesh would do with a request, and why. Sends nothing to it. */
export async function explain(connect: () => RegistryClient, options: ExplainOptions): Promise<CommandResult> {
  const target = parseTarget(options.url);
  if (target === undefined) throw usageFailure(`${options.url} is no http or https URL, such as http://reviews:9080/`);
  const headers = HeaderMap.from(options.headers.map(parseHeader));
  const labels = Object.fromEntries(options.sourceLabels.map(parseLabel));
  const settings = readSettings(options);
  const { resources, notes } =
    options.files.length > 0 ? readResources(options) : { resources: await connect().allResources(), notes: [] };
  const client = {
    namespace: options.sourceNamespace,
    labels,
    ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
  };
  const policy = createMeshPolicy(resources, client, settings);
  const { scheme, authority, port, path } = target;
  const authorityHeader = headers.get("host") ?? authority;
  headers.delete("host");
  const request = { method: options.method, scheme, authority: authorityHeader, port, path, headers };
  const decision = explainRequest(policy, compileRouteTable(policy), request);
  const out =
    options.output === "json"
      ? `${JSON.stringify(decision, null, 2)}\n`
      : renderDecision(`${options.method} ${options.url} from namespace ${options.sourceNamespace}`, decision);
  return { out, err: notes, code: exitCodes.fine };
}

interface ReadResources {
  readonly resources: readonly Resource[];
  readonly notes: readonly string[];
}

/** A mesh would not run on resources with errors, so that nothing is explained with them. */
function readResources({ files, readStdin }: ExplainOptions): ReadResources {
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

function readSettings({ meshFile, readStdin }: ExplainOptions): Partial<MeshSettings> {
  if (meshFile === undefined) return {};
  const { documents, errors } = loadDocuments([meshFile], readStdin);
  const parsed = documents.map(({ value }) => parseMeshSettings(value));
  const wrong = parsed
    .flatMap(({ issues }) => issues)
    .filter(({ severity }) => severity === "error")
    .map(({ path, message }) => `${meshFile}:${documents[0]?.lineOf(path)}: ${path}: ${message}`);
  if (errors.length > 0 || wrong.length > 0) {
    throw new CommandFailure(exitCodes.notFine, [...errors, ...wrong].join("\n"));
  }
  return Object.assign({}, ...parsed.map(({ settings }) => settings ?? {})) as Partial<MeshSettings>;
}

function parseHeader(text: string): readonly [string, string] {
  const colon = text.indexOf(":", 1);
  if (colon < 0) throw usageFailure(`-H "${text}" is not "name: value"`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function parseLabel(text: string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw usageFailure(`--source-label "${text}" is not key=value`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}
