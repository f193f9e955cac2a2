import { anything, honoured, listOf, object, oneOf, port, text, uint32, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { workloadLabels } from "./workload-target.ts";

const sidecarPort: ObjectSchema = object("SidecarPort", "A port of a listener.", {
  number: honoured(port, "Its number, 1 to 65535.", { required: true }),
  protocol: validated(text, "Its protocol."),
  name: validated(text, "Its name."),
  targetPort: validated(uint32(), "Unused, in Istio too."),
});

const noListener = "There is no listener beside the program.";
const captureMode = validated(oneOf("DEFAULT", "IPTABLES", "NONE"), "How traffic gets to a proxy.", {
  default: "DEFAULT",
  differs: noListener,
});

const egress: ObjectSchema = object("EgressListener", "Hosts that clients see.", {
  port: honoured(sidecarPort, "The only listener for calls to this port; it counts for services that have it.", {
    default: "any",
  }),
  bind: validated(text, "Address to listen at.", { differs: noListener }),
  captureMode,
  hosts: honoured(
    listOf(text),
    "`namespace/host`: the namespace `.`, `*`, `~` for nothing, or a name; the host a name or one with a leading `*`. `~` before a namespace takes away.",
    { required: true },
  ),
});

const ingress: ObjectSchema = object("IngressListener", "A port on which a workload is called.", {
  port: validated(sidecarPort, "The port.", { required: true }),
  bind: validated(text, "Address to listen at."),
  captureMode,
  defaultEndpoint: validated(text, "Where the workload listens."),
  tls: validated(anything, "TLS settings, not looked into."),
  connectionPool: validated(anything, "Limits, not looked into."),
});

const outbound: ObjectSchema = object("SidecarOutboundTrafficPolicy", "What happens to calls of unknown hosts.", {
  mode: honoured(oneOf("REGISTRY_ONLY", "ALLOW_ANY"), "REGISTRY_ONLY answers 502, ALLOW_ANY passes them on.", {
    default: "REGISTRY_ONLY",
  }),
  egressProxy: validated(anything, "Where to send them, not looked into.", { differs: "They go straight on." }),
});

export const sidecar: KindSchema = {
  kind: "Sidecar",
  doc: "Which hosts the clients of a namespace see. One that selects the client goes first, then one of its namespace, then one of the root namespace.",
  status: "honoured",
  spec: object("SidecarSpec", "Clients and what they see.", {
    workloadSelector: honoured(workloadLabels, "The clients that it is for.", { default: "all of the namespace" }),
    ingress: validated(listOf(ingress), "Ports on which the workload is called.", { differs: noListener }),
    egress: honoured(listOf(egress), "Hosts that the clients see. One without a port comes last.", {
      default: "every host",
    }),
    outboundTrafficPolicy: honoured(outbound, "What happens to calls of unknown hosts.", { default: "the mesh's" }),
    inboundConnectionPool: validated(anything, "Limits for the workload, not looked into."),
  }),
};
