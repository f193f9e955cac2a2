import { gateway } from "../schema/gateway.ts";
import type { GatewayPort, GatewayServer, GatewaySpec, GatewayTls } from "../spec/gateway.ts";
import { checkLabels, checkPort, findWildcardHostFault, isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

const protocols: readonly string[] = ["HTTP", "HTTPS", "GRPC", "GRPC-WEB", "HTTP2", "MONGO", "TCP", "TLS", "HTTP3"];

/** Protocols of which the Gateway must know certificates or how to pass them through. */
const encrypted: ReadonlySet<string> = new Set(["HTTPS", "TLS"]);

/** Checks Gateways. */
export const gatewayCheck: SpecCheck = defineSpecCheck(shapeOf<GatewaySpec>(gateway.spec), checkGateway, ["servers[]"]);

function checkGateway({ servers = [], selector }: GatewaySpec, place: Place): void {
  if (servers.length === 0) place.field("servers").error("is empty: a Gateway needs at least one server");
  for (const [at, server] of servers.entries()) {
    const entry = place.field("servers").at(at);
    checkServer(server, entry);
    const name = server.port?.name;
    if (name && servers.findIndex((other) => other.port?.name === name) < at) {
      entry.field("port").field("name").error(`"${name}" is used twice: names of ports are unique`);
    }
  }
  checkLabels(selector, place.field("selector"));
}

function checkServer({ port, hosts = [], tls }: GatewayServer, place: Place): void {
  if (port === undefined) place.field("port").error("is missing: say number, name and protocol");
  else checkServerPort(port, place.field("port"));
  if (hosts.length === 0) place.field("hosts").error('is empty: name the hosts served, "*" for all');
  for (const [at, host] of hosts.entries()) checkHost(host, place.field("hosts").at(at));
  const protocol = port?.protocol?.toUpperCase() ?? "";
  if (encrypted.has(protocol) && tls === undefined) {
    place.error(`protocol ${protocol} needs tls: say the mode and the certificates`);
  }
  if (tls === undefined) return;
  const isTerminated = encrypted.has(protocol);
  if (!isTerminated && hasCertificates(tls)) {
    place
      .field("tls")
      .error(`a server for ${protocol} has no certificates: httpsRedirect alone may stand here; use HTTPS`);
  } else if (isTerminated) checkTls(tls, place.field("tls"));
}

function checkServerPort({ number, protocol, name }: GatewayPort, place: Place): void {
  checkPort(number, place.field("number"));
  if (!name) place.field("name").error("is missing: a port of a Gateway has a name");
  if (!protocol) place.field("protocol").error(`is missing: one of ${protocols.join(", ")}`);
  else if (!protocols.includes(protocol.toUpperCase())) {
    place.field("protocol").error(`"${protocol}" is not a protocol: one of ${protocols.join(", ")}`);
  }
}

/** `[namespace/]dnsName` with `*`, `.` or a name for the namespace. */
function checkHost(text: string, place: Place): void {
  const parts = text.split("/");
  const host = parts.at(-1) ?? "";
  const namespace = parts.length > 1 ? parts[0]! : "*";
  if (parts.length > 2) place.error(`"${text}" is not [namespace/]host`);
  if (namespace !== "*" && namespace !== "." && !isDnsLabel(namespace)) {
    place.error(`"${namespace}" is not a namespace: "*", "." or a DNS label`);
  }
  const fault = findWildcardHostFault(host);
  if (fault !== undefined) place.error(fault);
  else if (host !== "*" && !host.includes("."))
    place.error(`"${host}" is a short name: write it in full, with its domain`);
}

function hasCertificates(tls: GatewayTls): boolean {
  const files = [tls.serverCertificate, tls.privateKey, tls.caCertificates, tls.credentialName];
  return tls.mode !== undefined || files.some(Boolean);
}

function checkTls(tls: GatewayTls, place: Place): void {
  const {
    mode = "PASSTHROUGH",
    credentialName,
    credentialNames = [],
    tlsCertificates = [],
    serverCertificate,
    privateKey,
  } = tls;
  const hasSecret = Boolean(credentialName) || credentialNames.length > 0;
  const hasFiles = Boolean(serverCertificate) && Boolean(privateKey);
  if (mode === "SIMPLE" || mode === "MUTUAL" || mode === "OPTIONAL_MUTUAL") {
    if (!hasSecret && !hasFiles && tlsCertificates.length === 0) {
      place.error(`${mode} needs serverCertificate and privateKey, or a credentialName`);
    }
    if (mode === "MUTUAL" && !hasSecret && !tls.caCertificates)
      place.error("MUTUAL needs caCertificates to check callers with, or a credentialName");
  } else if (hasSecret || serverCertificate || privateKey || tls.caCertificates) {
    place.error(`${mode} takes no certificates: drop them, or use SIMPLE or MUTUAL`);
  }
}
