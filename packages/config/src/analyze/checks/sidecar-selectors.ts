import { namespaceOf } from "../../policy/resource-order.ts";
import type { Check } from "../check.ts";
import { groupBy } from "../group-by.ts";
import { areSeveral, listNames } from "../resource-title.ts";
import { findRivals } from "../rival-selectors.ts";
import { labelsText, workloadsInScope } from "../workload-scope.ts";

/** Which Sidecar a workload has is to be clear. */
export const sidecarSelectors: Check = {
  name: "sidecar-selectors",
  description:
    "each Sidecar selects a workload, no workload is selected by two, and a namespace has one without selector",
  codes: ["IST0101", "IST0110", "IST0111"],
  onWrite: false,
  run(context, report) {
    const labelsOf = (resource: (typeof sidecars)[number]): Readonly<Record<string, string>> =>
      resource.spec.workloadSelector?.labels ?? {};
    const sidecars = context.ofKind("Sidecar");
    const selecting = sidecars.filter((resource) => Object.keys(labelsOf(resource)).length > 0);
    for (const resource of context.ofKind("WorkloadEntry").length === 0 ? [] : selecting) {
      if (workloadsInScope(context, namespaceOf(resource), labelsOf(resource)).length > 0) continue;
      const message = `no workload of namespace ${namespaceOf(resource)} has ${labelsText(labelsOf(resource))}`;
      report("IST0101", resource, "spec.workloadSelector.labels", message);
    }
    const entries = selecting.map((resource) => ({ resource, labels: labelsOf(resource) }));
    for (const { rivals, shared } of findRivals(context, entries)) {
      const message = `the Sidecars ${listNames(rivals)} all select the ${shared}: which one holds is not fixed`;
      for (const resource of rivals) report("IST0110", resource, "spec.workloadSelector", message);
    }
    const plain = sidecars.filter((resource) => !selecting.includes(resource));
    for (const [namespace, rivals] of groupBy(plain, namespaceOf)) {
      if (!areSeveral(rivals)) continue;
      const message = `the Sidecars ${listNames(rivals)} of namespace ${namespace} all have no workloadSelector: keep one`;
      for (const resource of rivals) report("IST0111", resource, "spec", message);
    }
  },
};
