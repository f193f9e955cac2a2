import type { ServicePortSpec, ServiceSpec } from "../../spec/service.ts";
import type { Check } from "../check.ts";

/** What Istio reads off the name of a port, or off its appProtocol. */
const protocols: ReadonlySet<string> = new Set([
  ...["http", "http2", "http_proxy", "https", "grpc", "grpc-web", "grpc-web-", "tcp", "tls", "udp"],
  ...["mongo", "mysql", "redis", "hbone", "double-hbone"],
]);

/** Kubernetes' own names for application protocols. */
const appProtocols: ReadonlySet<string> = new Set(["kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss"]);

/** Ports that count as TCP whatever their name: SMTP, DNS, MySQL, MongoDB, whose servers speak first. */
const serverFirstPorts: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** Ports of Services whose protocol has to be guessed. */
export const servicePorts: Check = {
  name: "service-ports",
  description: "names of Services' ports tell their protocols",
  codes: ["IST0118", "IST0150"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("Service")) {
      const { labels = {} } = resource.metadata;
      if ("istio" in labels || labels["release"] === "istio") continue;
      // The mesh does not read the type.
      const { type } = resource.spec as ServiceSpec & { readonly type?: string };
      for (const [at, port] of (resource.spec.ports ?? []).entries()) {
        const isKnown = tellsProtocol(port);
        const path = `spec.ports[${at}].name`;
        const name = port.name === undefined || port.name === "" ? "has no name" : `"${port.name}" tells no protocol`;
        if (type === "ExternalName") {
          if (isKnown && port.name !== "tcp") continue;
          report(
            "IST0150",
            resource,
            path,
            `port ${port.port}: ${name === "has no name" ? name : `"${port.name}" is TCP`}; name it after its protocol, as in http`,
          );
        } else if (!isKnown) {
          report(
            "IST0118",
            resource,
            path,
            `port ${port.port} ${name}: it counts as http; write http or http-suffix, or set appProtocol`,
          );
        }
      }
    }
  },
};

function tellsProtocol({ name = "", port = 0, protocol, appProtocol }: ServicePortSpec): boolean {
  if (protocol === "UDP" || serverFirstPorts.has(port)) return true;
  if (appProtocol !== undefined && appProtocols.has(appProtocol)) return true;
  const word = (appProtocol ?? name).toLowerCase();
  return word.startsWith("grpc-web") || protocols.has(word.split("-", 1)[0] ?? "");
}
