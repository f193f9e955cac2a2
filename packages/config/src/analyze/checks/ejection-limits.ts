import { namespaceOf } from "../../policy/resource-order.ts";
import { hasLabels } from "../../policy/workloads.ts";
import type { PolicyBlock } from "../../spec/destination-rule.ts";
import type { Check } from "../check.ts";
import { instancesOf } from "../instances.ts";

/** Percentage of a cluster's hosts that may be ejected, where a rule says none (Envoy). */
const defaultMaxEjectionPercent = 10;

/** Outlier detection that is never allowed to eject: Envoy does not round the limit up to one host. */
export const ejectionLimits: Check = {
  name: "ejection-limits",
  description: "outlier detection may eject at least one of the host's instances",
  codes: ["IST0167"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.ofKind("DestinationRule")) {
      const { host: written = "", trafficPolicy, subsets = [] } = resource.spec;
      const namespace = namespaceOf(resource);
      const host = context.resolve(written, namespace);
      const blocks = [
        { path: "spec.trafficPolicy", block: trafficPolicy?.outlierDetection, labels: {} },
        ...subsets.map(({ trafficPolicy: own, labels = {} }, at) => ({
          path: `spec.subsets[${at}].trafficPolicy`,
          block: own?.outlierDetection,
          labels,
        })),
      ].filter(({ block }) => block !== undefined);
      if (blocks.length === 0) continue;
      const instances = instancesOf(context, host, namespace);
      for (const { path, block, labels } of blocks) {
        const count = instances.filter((instance) => hasLabels(instance.labels, labels)).length;
        const percent = limitOf(block);
        if (count === 0 || 100 / count <= percent) continue;
        const message =
          `of ${count === 1 ? "1 instance" : `${count} instances`} ${percent} % are less than one: nothing is ever ejected; ` +
          `set maxEjectionPercent to ${Math.ceil(100 / count)} or more`;
        report("IST0167", resource, `${path}.outlierDetection`, message);
      }
    }
  },
};

function limitOf(block: PolicyBlock | undefined): number {
  const percent = block?.["maxEjectionPercent"];
  return typeof percent === "number" && percent > 0 ? percent : defaultMaxEjectionPercent;
}
