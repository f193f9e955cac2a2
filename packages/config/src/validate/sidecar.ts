import { sidecar } from "../schema/sidecar.ts";
import type { SidecarSpec } from "../spec/sidecar.ts";
import { checkLabels, checkPort, findWildcardHostFault, isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

/** Checks Sidecars. */
export const sidecarCheck: SpecCheck = defineSpecCheck(shapeOf<SidecarSpec>(sidecar.spec), checkSidecar);

function checkSidecar(spec: SidecarSpec, place: Place): void {
  const { workloadSelector, ingress = [], egress = [] } = spec;
  const others = [spec.outboundTrafficPolicy, spec.inboundConnectionPool];
  if (ingress.length + egress.length === 0 && others.every((part) => part === undefined))
    place.error("says nothing: it needs egress, ingress, outboundTrafficPolicy or inboundConnectionPool");
  checkLabels(workloadSelector?.labels, place.field("workloadSelector").field("labels"));
  for (const [at, listener] of ingress.entries()) {
    const entry = place.field("ingress").at(at).field("port");
    if (listener.port === undefined) entry.error("is missing: an ingress listener has a port");
    else checkPort(listener.port.number, entry.field("number"));
    checkUniquePort(ingress, at, entry);
  }
  for (const [at, listener] of egress.entries()) {
    const entry = place.field("egress").at(at);
    if (listener.port !== undefined) checkPort(listener.port.number, entry.field("port").field("number"));
    checkUniquePort(egress, at, entry.field("port"));
    const { hosts = [] } = listener;
    if (hosts.length === 0) entry.field("hosts").error('is empty: name hosts as namespace/host, "*/*" for all');
    for (const [index, host] of hosts.entries()) checkEgressHost(host, entry.field("hosts").at(index));
    if (listener.port === undefined && at !== egress.length - 1) {
      entry.error("has no port, so it takes everything: it must be the last egress listener");
    }
  }
}

function checkUniquePort(
  listeners: readonly { readonly port?: { readonly number?: number } }[],
  at: number,
  place: Place,
): void {
  const number = listeners[at]?.port?.number;
  if (number !== undefined && listeners.findIndex(({ port }) => port?.number === number) < at)
    place.field("number").error(`${number} has a listener already: ports are unique`);
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
