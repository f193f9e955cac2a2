import type { Check } from "../check.ts";

/** Access logging that goes nowhere. */
export const telemetryProviders: Check = {
  name: "telemetry-providers",
  description: "access logging of Telemetry resources names a provider",
  codes: ["IST0157"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("Telemetry")) {
      for (const [at, { disabled, providers = [] }] of (resource.spec.accessLogging ?? []).entries()) {
        if (disabled === true || providers.length > 0) continue;
        report(
          "IST0157",
          resource,
          `spec.accessLogging[${at}]`,
          "names no provider, and the mesh has none by default: it is ignored",
        );
      }
    }
  },
};
