import { honoured, listOf, object, text, validated } from "./build-schema.ts";
import type { KindSchema } from "./field-schema.ts";
import { httpRoute } from "./http-route.ts";
import { tcpRoute, tlsRoute } from "./l4-route.ts";

const requestsOnly =
  "Checked and shown. A call over HTTP to a port of another protocol that they route is answered 503 with the reason; ports that speak HTTP follow `http`, as in Istio.";

export const virtualService: KindSchema = {
  kind: "VirtualService",
  doc: "How requests to its hosts are routed: the rules of one host, the first that fits decides.",
  status: "honoured",
  spec: object("VirtualServiceSpec", "Hosts and the rules for them.", {
    hosts: honoured(
      listOf(text),
      "The hosts ruled: short names, full names, or names with a leading `*`. Without hosts it is a delegate. Of several with one host, one that is private to the client's namespace rules it, else the oldest.",
    ),
    gateways: honoured(listOf(text), "`mesh` for all clients, or Gateways as `name` or `namespace/name`.", {
      default: "mesh",
    }),
    http: honoured(listOf(httpRoute), "Rules for requests, in order. When none fits, 404 with flag `NR`."),
    tls: validated(listOf(tlsRoute), "Rules for TLS connections that are passed through.", { differs: requestsOnly }),
    tcp: validated(listOf(tcpRoute), "Rules for TCP connections.", { differs: requestsOnly }),
    exportTo: honoured(listOf(text), "Namespaces that see it: `.` for its own, `*` for all, or names.", {
      default: "all",
    }),
  }),
};
