import { namespaceOf } from "../../policy/resource-order.ts";
import type { Check } from "../check.ts";
import { groupBy } from "../group-by.ts";
import { areSeveral, listNames } from "../resource-title.ts";
import { findRivals } from "../rival-selectors.ts";
import { labelsText, workloadsInScope } from "../workload-scope.ts";

/** Which Telemetry a workload has is to be clear. */
export const telemetrySelectors: Check = {
  name: "telemetry-selectors",
  description:
    "each Telemetry selects a workload, no workload is selected by two, and a namespace has one without selector",
  codes: ["IST0101", "IST0159", "IST0160"],
  onWrite: false,
  run(context, report) {
    const labelsOf = (resource: (typeof telemetries)[number]): Readonly<Record<string, string>> =>
      resource.spec.selector?.matchLabels ?? {};
    const telemetries = context
      .ofKind("Telemetry")
      .filter(({ spec }) => spec.targetRef === undefined && (spec.targetRefs ?? []).length === 0);
    const selecting = telemetries.filter((resource) => Object.keys(labelsOf(resource)).length > 0);
    for (const resource of context.ofKind("WorkloadEntry").length === 0 ? [] : selecting) {
      if (workloadsInScope(context, namespaceOf(resource), labelsOf(resource)).length > 0) continue;
      const message = `no workload of namespace ${namespaceOf(resource)} has ${labelsText(labelsOf(resource))}`;
      report("IST0101", resource, "spec.selector.matchLabels", message);
    }
    const entries = selecting.map((resource) => ({ resource, labels: labelsOf(resource) }));
    for (const { rivals, shared } of findRivals(context, entries)) {
      const message = `the Telemetry resources ${listNames(rivals)} all select the ${shared}: the oldest holds`;
      for (const resource of rivals) report("IST0159", resource, "spec.selector", message);
    }
    const plain = telemetries.filter(({ spec }) => spec.selector === undefined);
    for (const [namespace, rivals] of groupBy(plain, namespaceOf)) {
      if (!areSeveral(rivals)) continue;
      const message = `the Telemetry resources ${listNames(rivals)} of namespace ${namespace} all have no selector: keep one`;
      for (const resource of rivals) report("IST0160", resource, "spec", message);
    }
  },
};
