import { createMeshPolicy } from "@intramesh/config";
import { HeaderMap } from "@intramesh/core";
import { compileRouteTable, explainRequest, parseTarget } from "@intramesh/routing";
import { findMeshSettings, noteUnreadSettings } from "../analyze/read-mesh-settings.ts";
import { type CommandResult, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { readResources } from "../read-resources.ts";
import type { RegistryClient } from "../registry-client.ts";
import { renderDecision } from "../render/decision.ts";
import { type Output, renderDocument } from "../render/document.ts";

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
  readonly output: Output;
  readonly readStdin: () => string;
}

/** Says what the mesh would do with a request, and why. Sends nothing to it. */
export async function explain(connect: () => RegistryClient, options: ExplainOptions): Promise<CommandResult> {
  const target = parseTarget(options.url);
  if (target === undefined) throw usageFailure(`${options.url} is no http or https URL, such as http://reviews:9080/`);
  const headers = HeaderMap.from(options.headers.map(parseHeader));
  const labels = Object.fromEntries(options.sourceLabels.map(parseLabel));
  const registry = options.files.length > 0 ? undefined : connect();
  const settings = await findMeshSettings(options.meshFile, options.readStdin, registry);
  const { resources, notes } =
    registry === undefined
      ? readResources(options.files, options.readStdin)
      : { resources: await registry.allResources(), notes: [] };
  const client = {
    namespace: options.sourceNamespace,
    labels,
    ...(options.gateway === undefined ? {} : { gateway: options.gateway }),
  };
  const policy = createMeshPolicy(resources, client, settings);
  const { scheme, authority, port } = target;
  // As whoever sends it must write it.
  const path = target.path.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
  const authorityHeader = headers.get("host") ?? authority;
  headers.delete("host");
  const request = { method: options.method, scheme, authority: authorityHeader, port, path, headers };
  const decision = explainRequest(policy, compileRouteTable(policy), request);
  const out =
    options.output === "text"
      ? renderDecision(`${options.method} ${options.url} from namespace ${options.sourceNamespace}`, decision)
      : renderDocument(decision, options.output);
  return { out, err: [...noteUnreadSettings(options.meshFile, options.readStdin), ...notes], code: exitCodes.fine };
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
