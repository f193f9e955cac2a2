import type { Check } from "../check.ts";

/** Deprecated fields that validation does not look at. The others are validation's. */
export const deprecatedFields: Check = {
  name: "deprecated-fields",
  description: "no deprecated field is used",
  codes: ["IST0002"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("Sidecar")) {
      if (resource.spec.outboundTrafficPolicy?.egressProxy === undefined) continue;
      report("IST0002", resource, "spec.outboundTrafficPolicy.egressProxy", "is deprecated and ignored: drop it");
    }
  },
};
