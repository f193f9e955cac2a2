import { mapOf, object, oneOf, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { targetFields } from "./workload-target.ts";

const mutualTls: ObjectSchema = object("MutualTls", "Whether callers show a certificate.", {
  mode: validated(
    oneOf("UNSET", "DISABLE", "PERMISSIVE", "STRICT"),
    "STRICT takes mutual TLS only, PERMISSIVE anything, DISABLE plain text; UNSET inherits.",
    { default: "UNSET" },
  ),
});

export const peerAuthentication: KindSchema = {
  kind: "PeerAuthentication",
  doc: "Whether workloads ask their callers for certificates. Kept and checked; no program enforces it yet.",
  status: "validated",
  spec: object("PeerAuthenticationSpec", "Workloads and what they ask for.", {
    selector: targetFields.selector,
    mtls: validated(mutualTls, "For all ports.", { default: "PERMISSIVE" }),
    portLevelMtls: validated(mapOf(mutualTls), "By port of the workload, as text. Needs `selector`."),
  }),
};
