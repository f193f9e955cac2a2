import type { ServicePortSpec, ServiceSpec } from "../spec/service.ts";
import { checkDnsLabel, checkLabels, checkPort } from "./names.ts";
import type { Place } from "./place.ts";
import { anything, fields, flag, integer, integerOrText, listOf, mapOf, oneOf, type Shape, text } from "./shape.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

/** The fields of a v1 Service that the mesh does not read, so that manifests of clusters are taken as they are. */
interface FullServicePort extends ServicePortSpec {
  readonly nodePort?: number;
}

interface FullServiceSpec extends ServiceSpec {
  readonly ports?: readonly FullServicePort[];
  readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly externalIPs?: readonly string[];
  readonly externalName?: string;
  readonly externalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly internalTrafficPolicy?: string;
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly publishNotReadyAddresses?: boolean;
  readonly sessionAffinity?: string;
  readonly sessionAffinityConfig?: unknown;
  readonly trafficDistribution?: string;
}

const serviceShape: Shape<FullServiceSpec> = fields<FullServiceSpec>({
  selector: mapOf(text),
  ports: listOf(
    fields<FullServicePort>({
      name: text,
      port: integer,
      targetPort: integerOrText,
      appProtocol: text,
      protocol: oneOf("TCP", "UDP", "SCTP"),
      nodePort: integer,
    }),
  ),
  clusterIP: text,
  clusterIPs: listOf(text),
  type: oneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
  allocateLoadBalancerNodePorts: flag,
  externalIPs: listOf(text),
  externalName: text,
  externalTrafficPolicy: text,
  healthCheckNodePort: integer,
  internalTrafficPolicy: text,
  ipFamilies: listOf(text),
  ipFamilyPolicy: text,
  loadBalancerClass: text,
  loadBalancerIP: text,
  loadBalancerSourceRanges: listOf(text),
  publishNotReadyAddresses: flag,
  sessionAffinity: text,
  sessionAffinityConfig: anything,
  trafficDistribution: text,
});

/** Checks v1 Services. */
export const serviceCheck: SpecCheck = defineSpecCheck(serviceShape, checkService);

/** A Namespace says nothing that the mesh reads. */
export const namespaceCheck: SpecCheck = defineSpecCheck(
  fields<{ readonly finalizers?: readonly string[] }>({ finalizers: listOf(text) }),
  () => {},
);

function checkService(spec: FullServiceSpec, place: Place): void {
  const { ports = [] } = spec;
  const portsPlace = place.field("ports");
  if (ports.length === 0 && spec.type !== "ExternalName" && spec.clusterIP !== "None") {
    portsPlace.error("is missing: a Service has at least one port");
  }
  for (const [at, port] of ports.entries()) {
    const entry = portsPlace.at(at);
    checkPort(port.port, entry.field("port"));
    if (typeof port.targetPort === "number") checkPort(port.targetPort, entry.field("targetPort"));
    if (!port.name && ports.length > 1) entry.field("name").error("is missing: of several ports each needs a name");
    if (port.name) checkDnsLabel(port.name, entry.field("name"));
    const earlier = ports.slice(0, at);
    if (port.name && earlier.some(({ name }) => name === port.name))
      entry.field("name").error(`"${port.name}" is used twice`);
    const isTwice = earlier.some(
      (other) => other.port === port.port && (other.protocol ?? "TCP") === (port.protocol ?? "TCP"),
    );
    if (isTwice) entry.field("port").error(`${port.port} is used twice`);
  }
  checkLabels(spec.selector, place.field("selector"));
}
