import type { Check } from "../check.ts";

/** Whoever writes such a resource makes every instance ask an address of their choice. */
export const jwksUris: Check = {
  name: "jwks-uris",
  description: "RequestAuthentications hold their keys themselves",
  codes: ["IST0175"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.ofKind("RequestAuthentication")) {
      for (const [at, { jwksUri }] of (resource.spec.jwtRules ?? []).entries()) {
        if (!jwksUri) continue;
        report(
          "IST0175",
          resource,
          `spec.jwtRules[${at}].jwksUri`,
          `keys are fetched from ${jwksUri}, and nothing restricts where such addresses lead`,
        );
      }
    }
  },
};
