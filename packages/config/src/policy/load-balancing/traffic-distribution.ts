import type { LocalitySpec } from "../../spec/destination-rule.ts";

/** Annotation that says the same as a Service's `trafficDistribution`, for ServiceEntries too. */
const annotation = "networking.istio.io/traffic-distribution";

const zone: LocalitySpec = {
  failoverPriority: ["topology.istio.io/network", "topology.kubernetes.io/region", "topology.kubernetes.io/zone"],
};
const node: LocalitySpec = {
  failoverPriority: [...zone.failoverPriority!, "topology.istio.io/subzone", "kubernetes.io/hostname"],
};

/** Labels that count for each value, in Istio's order (pilot/pkg/networking/core/loadbalancer). */
const settings: Readonly<Record<string, LocalitySpec>> = {
  preferclose: zone,
  prefersamezone: zone,
  prefersamenode: node,
};

/**
 * What a service's own wish for near endpoints means: the spec's field, else the annotation. Undefined where it has
 * none, or one that Kubernetes does not know.
 */
export function trafficDistribution(
  written: string | undefined,
  annotations: Readonly<Record<string, string>> | undefined,
): LocalitySpec | undefined {
  const value = (written ?? annotations?.[annotation] ?? "").toLowerCase();
  return Object.hasOwn(settings, value) ? settings[value] : undefined;
}
