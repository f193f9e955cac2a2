import type { EgressListener, IngressListener, SidecarPort, SidecarSpec } from "../spec/sidecar.ts";
import { checkLabels, checkPort, findWildcardHostFault, isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { anything, fields, integer, listOf, mapOf, oneOf, type Shape, text } from "./shape.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

const port: Shape<SidecarPort> = fields<SidecarPort>({
  number: integer,
  protocol: text,
  name: text,
  targetPort: integer,
});
const captureMode: Shape<"DEFAULT" | "IPTABLES" | "NONE"> = oneOf("DEFAULT", "IPTABLES", "NONE");

const shape: Shape<SidecarSpec> = fields<SidecarSpec>({
  workloadSelector: fields({ labels: mapOf(text) }),
  ingress: listOf(
    fields<IngressListener>({
      port,
      bind: text,
      captureMode,
      defaultEndpoint: text,
      tls: anything,
      connectionPool: anything,
    }),
  ),
  egress: listOf(fields<EgressListener>({ port, bind: text, captureMode, hosts: listOf(text) })),
  outboundTrafficPolicy: fields({ mode: oneOf("REGISTRY_ONLY", "ALLOW_ANY"), egressProxy: anything }),
  inboundConnectionPool: anything,
});

/** Checks Sidecars. */
export const sidecarCheck: SpecCheck = defineSpecCheck(shape, checkSidecar);

function checkSidecar({ workloadSelector, ingress = [], egress = [] }: SidecarSpec, place: Place): void {
  checkLabels(workloadSelector?.labels, place.field("workloadSelector").field("labels"));
  for (const [at, listener] of ingress.entries()) {
    const entry = place.field("ingress").at(at).field("port");
    if (listener.port === undefined) entry.error("is missing: an ingress listener has a port");
    else checkPort(listener.port.number, entry.field("number"));
  }
  for (const [at, listener] of egress.entries()) {
    const entry = place.field("egress").at(at);
    if (listener.port !== undefined) checkPort(listener.port.number, entry.field("port").field("number"));
    const { hosts = [] } = listener;
    if (hosts.length === 0) entry.field("hosts").error('is empty: name hosts as namespace/host, "*/*" for all');
    for (const [index, host] of hosts.entries()) checkEgressHost(host, entry.field("hosts").at(index));
    if (listener.port === undefined && at !== egress.length - 1) {
      entry.error("has no port, so it takes everything: it must be the last egress listener");
    }
  }
}

/** `namespace/host`; the namespace may be `.`, `*`, `~` or, for an exclusion, begin with `~`. */
function checkEgressHost(text: string, place: Place): void {
  const [namespace = "", host, ...rest] = text.split("/");
  if (host === undefined || rest.length > 0) {
    place.error(`"${text}" is not namespace/host, as in ./reviews.default.svc.cluster.local or */*`);
    return;
  }
  const name = namespace.startsWith("~") ? namespace.slice(1) : namespace;
  const isWord = namespace === "~" || name === "." || name === "*";
  if (!isWord && !isDnsLabel(name)) place.error(`"${namespace}" is not a namespace: ".", "*", "~" or a DNS label`);
  const fault = findWildcardHostFault(host);
  if (fault !== undefined) place.error(fault);
}
