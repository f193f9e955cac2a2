import { meshGateway, resolveGateways } from "../../policy/gateway-name.ts";
import { nameOf, namespaceOf } from "../../policy/resource-order.ts";
import type { Resource } from "../../resource.ts";
import type { VirtualServiceSpec } from "../../spec/virtual-service.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check } from "../check.ts";
import { destinationsOf } from "../destinations.ts";

/** Rules of the mesh that choose a subset, which requests through a Gateway do not come to. */
export const subsetRoutes: Check = {
  name: "subset-routes",
  description: "rules of Gateways name the subsets that the mesh's own rules choose",
  codes: ["IST0140"],
  onWrite: false,
  run(context, report) {
    const choosing = findChoosing(context);
    for (const resource of context.ofKind("VirtualService")) {
      const namespace = namespaceOf(resource);
      const gateways = resolveGateways(resource.spec.gateways, namespace).filter((name) => name !== meshGateway);
      if (gateways.length === 0) continue;
      for (const { path, destination, isMirror } of destinationsOf(resource.spec)) {
        if (isMirror || destination.subset || !path.startsWith("spec.http")) continue;
        const host = context.resolve(destination.host ?? "", namespace);
        for (const other of choosing.get(host) ?? []) {
          if (nameOf(other) === nameOf(resource)) continue;
          const message =
            `the subsets that VirtualService ${nameOf(other)} has for ${host} have no effect on requests ` +
            `through ${gateways.join(", ")}: name the subset here, too`;
          report("IST0140", resource, path, message);
        }
      }
    }
  },
};

/** VirtualServices of the mesh that choose a subset of a host of theirs, by host. */
function findChoosing(context: AnalysisContext): ReadonlyMap<string, ReadonlySet<Resource<VirtualServiceSpec>>> {
  const choosing = new Map<string, Set<Resource<VirtualServiceSpec>>>();
  for (const resource of context.ofKind("VirtualService")) {
    const namespace = namespaceOf(resource);
    if (!resolveGateways(resource.spec.gateways, namespace).includes(meshGateway)) continue;
    const hosts = new Set((resource.spec.hosts ?? []).map((host) => context.resolve(host, namespace)));
    for (const { path, destination, isMirror } of destinationsOf(resource.spec)) {
      const host = context.resolve(destination.host ?? "", namespace);
      if (isMirror || !destination.subset || !hosts.has(host) || !path.startsWith("spec.http")) continue;
      choosing.set(host, (choosing.get(host) ?? new Set()).add(resource));
    }
  }
  return choosing;
}
