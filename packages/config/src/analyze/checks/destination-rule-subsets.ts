import { namespaceOf } from "../../policy/resource-order.ts";
import { hasLabels } from "../../policy/workloads.ts";
import type { Check } from "../check.ts";
import { instancesOf } from "../instances.ts";

/** Subsets without instances. Where a host has no instance at all, its subsets are not what is wrong. */
export const destinationRuleSubsets: Check = {
  name: "destination-rule-subsets",
  description: "each subset of a DestinationRule selects one of the host's instances",
  codes: ["IST0173"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.ofKind("DestinationRule")) {
      const { subsets = [] } = resource.spec;
      if (subsets.length === 0) continue;
      const host = context.resolve(resource.spec.host ?? "", namespaceOf(resource));
      const instances = instancesOf(context, host, namespaceOf(resource));
      if (instances.length === 0) continue;
      for (const [at, { name = "", labels = {} }] of subsets.entries()) {
        if (instances.some((instance) => hasLabels(instance.labels, labels))) continue;
        const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
        const message =
          `no instance of ${host} has ${wanted.join(", ")}, which subset "${name}" asks for ` +
          `(${instances.length} known): requests to it are answered 503 UH`;
        report("IST0173", resource, `spec.subsets[${at}]`, message);
      }
    }
  },
};
