/** What Istio says of one of its annotations. */
export interface IstioAnnotation {
  /** Kinds that read it; none where every kind may have it. */
  readonly kinds: readonly string[];
  readonly isAlpha: boolean;
  readonly isDeprecated: boolean;
}

/** Names under which annotations are Istio's. */
const prefix = /^(?:[^/]*\.)?istio\.io\//;

/** Whether an annotation is in Istio's name. */
export function isIstioAnnotation(name: string): boolean {
  return prefix.test(name);
}

/** Undefined for annotations that Istio does not have. */
export function findIstioAnnotation(name: string): IstioAnnotation | undefined {
  return known.get(name);
}

/** Of istio/api `annotation/annotations.yaml`, by the kinds that read them. `!` marks the deprecated, `=` those that are not alpha. */
const byKinds: Readonly<Record<string, readonly string[]>> = {
  "": ["=galley.istio.io/analyze-suppress", "=gateway.istio.io/controller-version"],
  AuthorizationPolicy: ["istio.io/dry-run"],
  Gateway: ["gateway.istio.io/name-override", "gateway.istio.io/service-account", "networking.istio.io/service-type"],
  "Gateway GatewayClass": ["ambient.istio.io/waypoint-inbound-binding"],
  Namespace: ["topology.istio.io/controlPlaneClusters"],
  "Namespace Service ServiceEntry": ["networking.istio.io/traffic-distribution", "istio.io/use-waypoint-canary-weight"],
  Service: [
    "networking.istio.io/exportTo",
    "=traffic.istio.io/nodeSelector",
    "!alpha.istio.io/canonical-serviceaccounts",
    "!alpha.istio.io/kubernetes-serviceaccounts",
  ],
  WorkloadEntry: [
    "istio.io/autoRegistrationGroup",
    "istio.io/connectedAt",
    "istio.io/disconnectedAt",
    "istio.io/workloadController",
  ],
  Pod: [
    "ambient.istio.io/bypass-inbound-capture",
    "ambient.istio.io/dns-capture",
    "=ambient.istio.io/redirection",
    "inject.istio.io/templates",
    "istio.io/reroute-virtual-interfaces",
    "istio.io/rev",
    "prometheus.istio.io/merge-metrics",
    "=proxy.istio.io/config",
    "proxy.istio.io/overrides",
    "readiness.status.sidecar.istio.io/applicationPorts",
    "readiness.status.sidecar.istio.io/failureThreshold",
    "readiness.status.sidecar.istio.io/initialDelaySeconds",
    "readiness.status.sidecar.istio.io/periodSeconds",
    "sidecar.istio.io/agentLogLevel",
    "sidecar.istio.io/bootstrapOverride",
    "sidecar.istio.io/componentLogLevel",
    "!sidecar.istio.io/discoveryAddress",
    "!sidecar.istio.io/extraStatTags",
    "!=sidecar.istio.io/inject",
    "sidecar.istio.io/interceptionMode",
    "sidecar.istio.io/logLevel",
    "sidecar.istio.io/nativeSidecar",
    "sidecar.istio.io/proxyCPU",
    "sidecar.istio.io/proxyCPULimit",
    "sidecar.istio.io/proxyImage",
    "sidecar.istio.io/proxyImageType",
    "sidecar.istio.io/proxyMemory",
    "sidecar.istio.io/proxyMemoryLimit",
    "sidecar.istio.io/rewriteAppHTTPProbers",
    "!sidecar.istio.io/statsCompression",
    "sidecar.istio.io/statsEvictionInterval",
    "sidecar.istio.io/statsFlushInterval",
    "sidecar.istio.io/statsHistogramBins",
    "sidecar.istio.io/statsHistogramBuckets",
    "!sidecar.istio.io/statsInclusionPrefixes",
    "!sidecar.istio.io/statsInclusionRegexps",
    "!sidecar.istio.io/statsInclusionSuffixes",
    "sidecar.istio.io/status",
    "sidecar.istio.io/userVolume",
    "sidecar.istio.io/userVolumeMount",
    "status.sidecar.istio.io/port",
    "traffic.sidecar.istio.io/excludeInboundPorts",
    "traffic.sidecar.istio.io/excludeInterfaces",
    "traffic.sidecar.istio.io/excludeOutboundIPRanges",
    "traffic.sidecar.istio.io/excludeOutboundPorts",
    "traffic.sidecar.istio.io/includeInboundPorts",
    "traffic.sidecar.istio.io/includeOutboundIPRanges",
    "traffic.sidecar.istio.io/includeOutboundPorts",
    "!traffic.sidecar.istio.io/kubevirtInterfaces",
  ],
};

const known: ReadonlyMap<string, IstioAnnotation> = new Map(
  Object.entries(byKinds).flatMap(([kinds, entries]) =>
    entries.map((entry): [string, IstioAnnotation] => {
      const marks = /^[!=]*/.exec(entry)?.[0] ?? "";
      return [
        entry.slice(marks.length),
        {
          kinds: kinds === "" ? [] : kinds.split(" "),
          isAlpha: !marks.includes("="),
          isDeprecated: marks.includes("!"),
        },
      ];
    }),
  ),
);
