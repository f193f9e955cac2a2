import { int32, listOf, mapOf, object, portOrNone, text, validated } from "./build-schema.ts";
import { destination } from "./destination.ts";
import type { ObjectSchema } from "./field-schema.ts";

const l4Destination: ObjectSchema = object("L4Destination", "One destination of connections and its share.", {
  destination: validated(destination, "Where the connections go.", { required: true }),
  weight: validated(int32(0), "Share of the connections: weight ÷ sum of all weights.", { default: "0" }),
});

const commonMatch = {
  destinationSubnets: validated(listOf(text), "Addresses or ranges that are called."),
  port: validated(portOrNone, "The port that is called, 1 to 65535; 0 is any."),
  sourceLabels: validated(mapOf(text), "Labels that the calling workload has."),
  gateways: validated(listOf(text), "`mesh`, or Gateways as `name` or `namespace/name`."),
  sourceNamespace: validated(text, "Namespace of the calling workload."),
};

const l4Match: ObjectSchema = object("L4Match", "What a TCP connection has to be like.", {
  ...commonMatch,
  sourceSubnet: validated(text, "Address or range of the caller.", { differs: "Istio does not use it either." }),
});

const tlsMatch: ObjectSchema = object("TlsMatch", "What a TLS connection has to be like.", {
  sniHosts: validated(listOf(text), "Server names asked for, within the VirtualService's hosts.", { required: true }),
  ...commonMatch,
});

export const tcpRoute: ObjectSchema = object("TcpRoute", "One rule for TCP connections.", {
  match: validated(listOf(l4Match), "Any of these; without one the rule takes every connection."),
  route: validated(listOf(l4Destination), "Where connections go.", { required: true }),
});

export const tlsRoute: ObjectSchema = object("TlsRoute", "One rule for TLS connections that are passed through.", {
  match: validated(listOf(tlsMatch), "Any of these.", { required: true }),
  route: validated(listOf(l4Destination), "Where connections go.", { required: true }),
});
