import { namespaceOf } from "../../policy/resource-order.ts";
import type { Check } from "../check.ts";

/** Hosts that rules and policies are about. */
export const destinationRuleHosts: Check = {
  name: "destination-rule-hosts",
  description: "hosts of DestinationRules and ResiliencePolicies are hosts of the mesh",
  codes: ["IST0101", "IST0174"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("DestinationRule")) {
      const host = context.resolve(resource.spec.host ?? "", namespaceOf(resource));
      if (host !== "" && context.isUnknownHost(host, namespaceOf(resource))) {
        report("IST0174", resource, "spec.host", `host ${host} is not known to the mesh: the rule is about nothing`);
      }
    }
    for (const resource of context.ofKind("ResiliencePolicy")) {
      const { host = "", fallback } = resource.spec;
      for (const [path, written] of [
        ["spec.host", host],
        ["spec.fallback.destination.host", fallback?.destination?.host ?? ""],
      ] as const) {
        const full = context.resolve(written, namespaceOf(resource));
        if (full === "" || !context.isUnknownHost(full, namespaceOf(resource))) continue;
        report("IST0101", resource, path, `host ${full} is not known to the mesh: the policy does nothing with it`);
      }
    }
  },
};
