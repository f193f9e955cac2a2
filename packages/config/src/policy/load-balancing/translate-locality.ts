import { type LocalityParts, type LocalityPolicy, localityParts, matchesLocality } from "@intramesh/core";
import type { LocalitySpec } from "../../spec/destination-rule.ts";
import type { MeshClient } from "../mesh-client.ts";

/** Who asks, and whether nearness counts. */
export interface LocalityContext {
  readonly client: MeshClient;
  /** True where failures of endpoints are noticed, or where the service itself wants near endpoints first. */
  readonly failsOver: boolean;
}

/**
 * A localityLbSetting for one client; undefined where localities make no difference. A rule's own setting stands for
 * the mesh's as a whole. Failover takes effect beside outlier detection only, shares always.
 */
export function translateLocality(
  spec: LocalitySpec,
  { client, failsOver }: LocalityContext,
): LocalityPolicy | undefined {
  if (spec.enabled === false) return undefined;
  const { distribute = [], failover = [], failoverPriority = [] } = spec;
  const locality = client.locality ?? "";
  if (distribute.length > 0) {
    const to = distribute.find(({ from = "" }) => matchesLocality(locality, from))?.to;
    if (to === undefined) return undefined;
    return { kind: "distribute", shares: Object.entries(to).map(([name, percent]) => ({ locality: name, percent })) };
  }
  if (!failsOver) return undefined;
  const { region } = localityParts(locality);
  const failoverRegion = failover.find(({ from }) => from === region)?.to;
  const byNearness = failoverPriority.length === 0 || failover.length > 0;
  // Whoever does not know where it is has nobody near.
  const nearness = byNearness && locality !== "" ? { locality, failoverRegion } : undefined;
  if (nearness === undefined && failoverPriority.length === 0) return undefined;
  return {
    kind: "failover",
    labels: failoverPriority.map((written) => resolveLabel(written, client)),
    nearness,
    weighted: failover.length > 0 || failoverPriority.length > 0,
  };
}

/** Labels that Kubernetes and Istio derive from the locality. */
const topologyLabels: Readonly<Record<string, keyof LocalityParts>> = {
  "topology.kubernetes.io/region": "region",
  "topology.kubernetes.io/zone": "zone",
  "topology.istio.io/subzone": "subzone",
};

/** `key` means the client's own value, `key=value` another in its place. */
export function resolveLabel(written: string, client: MeshClient): { readonly name: string; readonly value: string } {
  const equals = written.indexOf("=");
  if (equals >= 0) return { name: written.slice(0, equals), value: written.slice(equals + 1) };
  const part = topologyLabels[written];
  const byLocality = part === undefined ? "" : localityParts(client.locality ?? "")[part];
  return { name: written, value: client.labels[written] ?? byLocality };
}
