import type { MatchPolicy, NamedMatch, StringMatch } from "@intramesh/core";
import type { HttpMatchRequest, StringMatchSpec } from "../spec/virtual-service.ts";
import { resolveGateways } from "./gateway-name.ts";
import type { RouteContext } from "./route-context.ts";
import { hasLabels } from "./workloads.ts";

/** One entry of a rule's `match[]`, with its place there. */
export interface PlacedMatch {
  readonly index: number;
  readonly spec: HttpMatchRequest;
}

/** Header names that Istio's API documents as ignored: the fields of a match ask for them. */
const ignoredHeaders: ReadonlySet<string> = new Set(["uri", "scheme", "method", "authority"]);

/** `namespace` is that of the VirtualService whose Gateways are meant. */
export function translateMatch({ index, spec }: PlacedMatch, namespace: string, context: RouteContext): MatchPolicy {
  return {
    index,
    name: spec.name === "" ? undefined : spec.name,
    excluded: findExclusion(spec, namespace, context),
    port: spec.port === 0 ? undefined : spec.port,
    uri: translateString(spec.uri),
    ignoreUriCase: spec.ignoreUriCase ?? false,
    scheme: translateString(spec.scheme),
    method: translateString(spec.method),
    authority: translateString(spec.authority),
    headers: translateHeaders(spec.headers),
    withoutHeaders: translateHeaders(spec.withoutHeaders),
    queryParams: spec.queryParams === undefined ? nothing : translateNamed(spec.queryParams),
  };
}

/** Why the entry can never apply to this client. Where it lists Gateways, nothing else of the client is looked at. */
function findExclusion(spec: HttpMatchRequest, namespace: string, context: RouteContext): string | undefined {
  const { client } = context;
  if (spec.gateways !== undefined && spec.gateways.length > 0) {
    const isListed = resolveGateways(spec.gateways, namespace).includes(context.gateway);
    return isListed ? undefined : `gateways ${spec.gateways.join(", ")}: the caller is at ${context.gateway}`;
  }
  const labels = spec.sourceLabels ?? {};
  if (!hasLabels(client.labels, labels)) {
    return `sourceLabels ${wordsOf(labels)}: the caller has ${wordsOf(client.labels) || "none"}`;
  }
  if (spec.sourceNamespace !== undefined && spec.sourceNamespace !== "" && spec.sourceNamespace !== client.namespace) {
    return `sourceNamespace ${spec.sourceNamespace}: the caller is in ${client.namespace}`;
  }
  return undefined;
}

function wordsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

/** Undefined for a matcher without a kind: outside headers and query it asks for nothing. */
function translateString(spec: StringMatchSpec | undefined): StringMatch | undefined {
  if (spec?.exact !== undefined) return { kind: "exact", value: spec.exact };
  if (spec?.prefix !== undefined) return { kind: "prefix", value: spec.prefix };
  if (spec?.regex !== undefined) return { kind: "regex", value: spec.regex };
  return undefined;
}

/** One list for all matches that ask for nothing of a kind. */
const nothing: readonly NamedMatch[] = [];

function translateHeaders(specs: Readonly<Record<string, StringMatchSpec>> | undefined): readonly NamedMatch[] {
  if (specs === undefined) return nothing;
  return translateNamed(specs)
    .map(({ name, match }) => ({ name: name.toLowerCase(), match }))
    .filter(({ name }) => !ignoredHeaders.has(name));
}

function translateNamed(specs: Readonly<Record<string, StringMatchSpec>>): readonly NamedMatch[] {
  return Object.entries(specs).map(([name, spec]) => ({
    name,
    match: spec.regex === "*" ? { kind: "present" } : (translateString(spec) ?? { kind: "present" }),
  }));
}
