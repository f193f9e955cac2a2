import type { Check } from "../check.ts";
import { labelsText } from "../workload-scope.ts";

/** Gateways that nobody runs. Their selectors look through every namespace. */
export const gatewayWorkloads: Check = {
  name: "gateway-workloads",
  description: "Gateways select at least one workload",
  codes: ["IST0127"],
  onWrite: false,
  run(context, report) {
    // Where no workload is known, none is known to be missing.
    if (context.ofKind("WorkloadEntry").length === 0) return;
    for (const resource of context.ofKind("Gateway")) {
      const { selector = {} } = resource.spec;
      if (Object.keys(selector).length === 0 || context.workloadsWith(selector).length > 0) continue;
      report(
        "IST0127",
        resource,
        "spec.selector",
        `no workload has ${labelsText(selector)}: nobody listens for the Gateway`,
      );
    }
  },
};
