import { namespaceOf } from "../../policy/resource-order.ts";
import type { Check } from "../check.ts";
import { labelsText, workloadsInScope } from "../workload-scope.ts";

/** Security policies that hold for nobody. */
export const policyWorkloads: Check = {
  name: "policy-workloads",
  description: "security policies select at least one workload",
  codes: ["IST0127"],
  onWrite: false,
  run(context, report) {
    // Where no workload is known, none is known to be missing.
    if (context.ofKind("WorkloadEntry").length === 0) return;
    const policies = [
      ...context.ofKind("AuthorizationPolicy"),
      ...context.ofKind("PeerAuthentication"),
      ...context.ofKind("RequestAuthentication"),
    ];
    for (const resource of policies) {
      const { selector } = resource.spec;
      // Those with targets name what they are for; a PeerAuthentication has none.
      if ("targetRef" in resource.spec || "targetRefs" in resource.spec) continue;
      const namespace = namespaceOf(resource);
      const labels = selector?.matchLabels;
      if (namespace === context.mesh.rootNamespace && selector === undefined) continue;
      if (workloadsInScope(context, namespace, labels).length > 0) continue;
      const where = namespace === context.mesh.rootNamespace ? "the mesh" : `namespace ${namespace}`;
      const path = selector === undefined ? "" : "spec.selector.matchLabels";
      const wanted = labelsText(labels);
      const message = wanted === "" ? `${where} has no workload` : `no workload of ${where} has ${wanted}`;
      report("IST0127", resource, path, `${message}: the policy holds for nobody`);
    }
  },
};
