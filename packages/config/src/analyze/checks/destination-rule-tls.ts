import type { PolicyBlock } from "../../spec/destination-rule.ts";
import type { Check } from "../check.ts";

/** TLS to upstreams whose certificate nobody looks at. */
export const destinationRuleTls: Check = {
  name: "destination-rule-tls",
  description: "DestinationRules with TLS name the certificates to check upstreams with",
  codes: ["IST0128", "IST0129"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("DestinationRule")) {
      const { trafficPolicy, workloadSelector } = resource.spec;
      // A client that is selected by its labels gets its certificates by credentialName.
      const isUnchecked = (tls: PolicyBlock | undefined): boolean =>
        (tls?.["mode"] === "SIMPLE" || tls?.["mode"] === "MUTUAL") &&
        !tls["caCertificates"] &&
        !(tls["credentialName"] && workloadSelector !== undefined);
      const say = (tls: PolicyBlock | undefined, where: string): string =>
        `${String(tls?.["mode"])} without caCertificates: ${where} is not checked to be who it says`;
      const host = resource.spec.host ?? "";
      if (isUnchecked(trafficPolicy?.tls)) {
        report("IST0128", resource, "spec.trafficPolicy.tls", say(trafficPolicy?.tls, host));
      }
      for (const [at, { port, tls }] of (trafficPolicy?.portLevelSettings ?? []).entries()) {
        if (!isUnchecked(tls)) continue;
        const path = `spec.trafficPolicy.portLevelSettings[${at}].tls`;
        report("IST0129", resource, path, say(tls, `${host}:${port?.number ?? ""}`));
      }
    }
  },
};
