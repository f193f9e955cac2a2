import { inertKinds } from "./inert-kinds.ts";
import type { KindInfo } from "./kind-info.ts";

const networking = { group: "networking.istio.io", versions: ["v1", "v1beta1", "v1alpha3"] };
const security = { group: "security.istio.io", versions: ["v1", "v1beta1"] };

/** Every kind that the mesh executes or checks. Istio's own CRDs fix the names. */
export const kinds: readonly KindInfo[] = [
  istio(networking, "VirtualService", "virtualservices", ["vs"]),
  istio(networking, "DestinationRule", "destinationrules", ["dr"]),
  istio(networking, "ServiceEntry", "serviceentries", ["se"]),
  istio(networking, "WorkloadEntry", "workloadentries", ["we"]),
  istio(networking, "Gateway", "gateways", ["gw"]),
  istio(networking, "Sidecar", "sidecars", []),
  istio(security, "AuthorizationPolicy", "authorizationpolicies", ["ap"]),
  istio(security, "PeerAuthentication", "peerauthentications", ["pa"]),
  istio(security, "RequestAuthentication", "requestauthentications", ["ra"]),
  istio({ group: "telemetry.istio.io", versions: ["v1", "v1alpha1"] }, "Telemetry", "telemetries", ["telemetry"]),
  {
    kind: "ResiliencePolicy",
    group: "resilience.intramesh.io",
    versions: ["v1alpha1"],
    plural: "resiliencepolicies",
    singular: "resiliencepolicy",
    shortNames: ["rp"],
    categories: ["intramesh-io"],
    namespaced: true,
  },
  core("Service", "services", ["svc"], true),
  core("Namespace", "namespaces", ["ns"], false),
];

const byName = new Map<string, KindInfo>();
for (const info of [...kinds, ...inertKinds]) {
  for (const name of [info.kind.toLowerCase(), info.singular, info.plural, ...info.shortNames]) byName.set(name, info);
}

/**
 * Finds a kind as a person names it: `VirtualService`, `virtualservices`, `vs`, `virtualservices.networking.istio.io`.
 * The inert ones are found, too.
 */
export function findKind(name: string): KindInfo | undefined {
  const lower = name.toLowerCase();
  const plain = byName.get(lower);
  if (plain !== undefined) return plain;
  const dot = lower.indexOf(".");
  if (dot < 0) return undefined;
  const info = byName.get(lower.slice(0, dot));
  const group = lower.slice(dot + 1);
  if (info === undefined || info.group === "") return undefined;
  return group === info.group || info.versions.some((version) => group === `${version}.${info.group}`)
    ? info
    : undefined;
}

/** Finds the kind of an object by what it says of itself, among those of the mesh. */
export function kindOf(apiVersion: string, kind: string): KindInfo | undefined {
  return kindAmong(kinds, apiVersion, kind);
}

/** Likewise, among those that are kept and have no effect. */
export function inertKindOf(apiVersion: string, kind: string): KindInfo | undefined {
  return kindAmong(inertKinds, apiVersion, kind);
}

function kindAmong(candidates: readonly KindInfo[], apiVersion: string, kind: string): KindInfo | undefined {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const version = slash < 0 ? apiVersion : apiVersion.slice(slash + 1);
  return candidates.find((info) => info.kind === kind && info.group === group && info.versions.includes(version));
}

/** `networking.istio.io/v1`; `v1` for the core group. */
export function apiVersionOf(info: KindInfo, version: string = info.versions[0]!): string {
  return info.group === "" ? version : `${info.group}/${version}`;
}

function istio(
  api: { readonly group: string; readonly versions: readonly string[] },
  kind: string,
  plural: string,
  shortNames: readonly string[],
): KindInfo {
  const family = `${api.group.slice(0, api.group.indexOf("."))}-istio-io`;
  return {
    kind,
    ...api,
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    categories: ["istio-io", family],
    namespaced: true,
  };
}

function core(kind: string, plural: string, shortNames: readonly string[], namespaced: boolean): KindInfo {
  return {
    kind,
    group: "",
    versions: ["v1"],
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    categories: ["all"],
    namespaced,
  };
}
