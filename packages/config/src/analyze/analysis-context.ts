import { HostMap } from "../policy/host-map.ts";
import { coversHost, resolveHost } from "../policy/host-name.ts";
import { lazy } from "../policy/lazy.ts";
import type { MeshSettings } from "../policy/mesh-settings.ts";
import { indexResources } from "../policy/resource-index.ts";
import { nameOf, namespaceOf } from "../policy/resource-order.ts";
import type { ServiceRecord } from "../policy/service-record.ts";
import { createWorkloadIndex, hasLabels, type WorkloadIndex } from "../policy/workloads.ts";
import type { Resource } from "../resource.ts";
import type { DestinationRuleSpec } from "../spec/destination-rule.ts";
import type { GatewaySpec } from "../spec/gateway.ts";
import type { ResiliencePolicySpec } from "../spec/resilience-policy.ts";
import type { AuthorizationPolicySpec, PeerAuthenticationSpec, RequestAuthenticationSpec } from "../spec/security.ts";
import type { ServiceEntrySpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { groupBy } from "./group-by.ts";
import { createKnownServices } from "./known-services.ts";
import type { SidecarSpec, TelemetrySpec } from "./selecting-specs.ts";

type Labels = Readonly<Record<string, string>>;

/** The specs of the kinds that checks read. */
export interface SpecsByKind {
  readonly VirtualService: VirtualServiceSpec;
  readonly DestinationRule: DestinationRuleSpec;
  readonly ServiceEntry: ServiceEntrySpec;
  readonly WorkloadEntry: WorkloadEntrySpec;
  readonly Service: ServiceSpec;
  readonly Gateway: GatewaySpec;
  readonly Sidecar: SidecarSpec;
  readonly Telemetry: TelemetrySpec;
  readonly AuthorizationPolicy: AuthorizationPolicySpec;
  readonly PeerAuthentication: PeerAuthenticationSpec;
  readonly RequestAuthentication: RequestAuthenticationSpec;
  readonly ResiliencePolicy: ResiliencePolicySpec;
  readonly Namespace: unknown;
}

/** The resources of one analysis, indexed as checks ask for them. */
export interface AnalysisContext {
  readonly mesh: MeshSettings;
  readonly resources: readonly Resource[];
  /** Whether the resources are all that there is: then what is not among them does not exist. */
  readonly isComplete: boolean;
  readonly workloads: WorkloadIndex;
  ofKind<Kind extends keyof SpecsByKind>(kind: Kind): readonly Resource<SpecsByKind[Kind]>[];
  /** By `namespace/name`. */
  find<Kind extends keyof SpecsByKind>(kind: Kind, name: string): Resource<SpecsByKind[Kind]> | undefined;
  /** A host as a resource of `namespace` writes it, in full. */
  resolve(host: string, namespace: string): string;
  /** The service of a full host, as resources of `namespace` see it. */
  service(host: string, namespace: string): ServiceRecord | undefined;
  /**
   * Whether a full host is known not to be one. A host with a wildcard is unknown where it covers none. Where the
   * resources are not all that there is, nothing is known while no service is declared, and nothing of services of
   * the own namespace while none of that is, unless another namespace has the name.
   */
  isUnknownHost(host: string, namespace: string): boolean;
  /** A host of another namespace that may have been meant by an unknown one; undefined where there is none. */
  suggestHost(host: string, namespace: string): string | undefined;
  /** Workloads of every namespace that have these labels; all of them where none is asked for. */
  workloadsWith(labels: Labels): readonly Resource<WorkloadEntrySpec>[];
  /** The DestinationRules whose host is, or covers, a full host. */
  rulesFor(host: string): readonly Resource<DestinationRuleSpec>[];
}

/** Indexes resources, which are checked ones. */
export function createAnalysisContext(
  resources: readonly Resource[],
  mesh: MeshSettings,
  isComplete: boolean,
): AnalysisContext {
  const byKind = groupBy(resources, ({ kind }) => kind);
  const byName = lazy(() => new Map(resources.map((resource) => [`${resource.kind} ${nameOf(resource)}`, resource])));
  const index = indexResources(resources);
  const workloads = lazy(() => createWorkloadIndex(index.workloadEntries));
  const services = lazy(() => createKnownServices(index, mesh.domain));
  const resolve = (host: string, namespace: string): string => resolveHost(host, namespace, mesh.domain);
  const isLocal = (host: string, namespace: string): boolean => host.endsWith(`.${namespace}.svc.${mesh.domain}`);
  const isJudged = (host: string, namespace: string): boolean =>
    !isLocal(host, namespace) ||
    services().isDeclaring(namespace) ||
    services().findNamesake(firstLabel(host)) !== undefined;
  const withLabels = lazy(() => indexLabels(index.workloadEntries));
  const rules = lazy(() => indexRules(index.destinationRules, resolve));
  return {
    mesh,
    resources,
    isComplete,
    get workloads() {
      return workloads();
    },
    // A resource has been checked before it comes here: its kind says what its spec is.
    ofKind: <Kind extends keyof SpecsByKind>(kind: Kind) =>
      (byKind.get(kind) ?? []) as readonly Resource<SpecsByKind[Kind]>[],
    find: <Kind extends keyof SpecsByKind>(kind: Kind, name: string) =>
      byName().get(`${kind} ${name}`) as Resource<SpecsByKind[Kind]> | undefined,
    resolve,
    service: (host, namespace) => services().find(host, namespace),
    isUnknownHost(host, namespace) {
      const known = services();
      if (known.find(host, namespace) !== undefined || (host.startsWith("*") && known.coversAny(host))) return false;
      return isComplete || (!known.isEmpty && isJudged(host, namespace));
    },
    suggestHost: (host, namespace) =>
      isLocal(host, namespace) ? services().findNamesake(firstLabel(host)) : undefined,
    workloadsWith: (labels) => withLabels()(labels),
    rulesFor: (host) => rules()(host),
  };
}

function firstLabel(host: string): string {
  return host.split(".", 1)[0] ?? "";
}

type Rule = Resource<DestinationRuleSpec>;

function indexRules(
  rules: readonly Rule[],
  resolve: (host: string, namespace: string) => string,
): (host: string) => readonly Rule[] {
  const byHost = new HostMap<Rule[]>();
  const wildcards: string[] = [];
  for (const rule of rules) {
    const host = resolve(rule.spec.host ?? "", namespaceOf(rule));
    const known = byHost.get(host);
    if (known !== undefined) {
      known.push(rule);
      continue;
    }
    byHost.set(host, [rule]);
    if (host.startsWith("*")) wildcards.push(host);
  }
  return (host) => {
    const covering = wildcards.filter((pattern) => pattern !== host && coversHost(pattern, host));
    return [...(byHost.get(host) ?? []), ...covering.flatMap((pattern) => byHost.get(pattern) ?? [])];
  };
}

type Workload = Resource<WorkloadEntrySpec>;

/** Looks at those only that have the first of the labels. */
function indexLabels(workloads: readonly Workload[]): (labels: Labels) => readonly Workload[] {
  const byLabel = new Map<string, ReadonlyMap<string | undefined, readonly Workload[]>>();
  return (labels) => {
    const [label] = Object.keys(labels);
    if (label === undefined) return workloads;
    const byValue = byLabel.get(label) ?? groupBy(workloads, ({ spec }) => spec.labels?.[label]);
    byLabel.set(label, byValue);
    return (byValue.get(labels[label]) ?? []).filter(({ spec }) => hasLabels(spec.labels, labels));
  };
}
