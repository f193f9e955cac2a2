import { createMeshPolicy, type MeshSettings, type Resource, resolveHost, resourceTitle } from "@intramesh/config";
import type { EffectiveTrafficPolicy, Endpoint, Labels, MeshPolicy, ServicePolicy } from "@intramesh/core";
import { analyzeDocuments } from "../analyze/analyze-documents.ts";
import type { Finding } from "../analyze/finding.ts";
import type { VirtualHostPage } from "../render/routes.ts";

/** Everything that decides about calls to one service, as callers of one namespace see it. */
export interface ServiceDescription {
  /** FQDN. */
  readonly host: string;
  /** `Service default/reviews`, what declares it; null for a service that only its instances speak of. */
  readonly declaredBy: string | null;
  readonly ports: readonly { readonly number: number; readonly name: string }[];
  readonly subsets: readonly SubsetDescription[];
  readonly instances: readonly Endpoint[];
  /** The rules for it, in the order of their trial; empty where calls take the default route. */
  readonly routes: readonly VirtualHostPage[];
  /** The trafficPolicy of its first port without a subset; null where it has no port. */
  readonly policy: EffectiveTrafficPolicy | null;
  /** `ResiliencePolicy default/reviews` and others that name it. */
  readonly resilience: readonly string[];
  /** What is wrong with the resources that decide about it. */
  readonly findings: readonly Finding[];
}

/** One subset of a DestinationRule. */
export interface SubsetDescription {
  readonly name: string;
  readonly labels: Labels;
  /** `DestinationRule default/reviews` */
  readonly rule: string;
  /** Ids of the instances in it, `address:port`. */
  readonly endpoints: readonly string[];
}

/** Whose view is described. */
export interface DescribeInput {
  readonly resources: readonly Resource[];
  readonly settings: Partial<MeshSettings>;
  /** Namespace of the callers, and of a short name. */
  readonly namespace: string;
}

/** Describes the service of a name as its callers write it; undefined where they see none. */
export function describeService(name: string, input: DescribeInput): ServiceDescription | undefined {
  const { resources, settings, namespace } = input;
  const policy = createMeshPolicy(resources, { namespace, labels: {} }, settings);
  const service = findService(policy, name.toLowerCase());
  if (service === undefined) return undefined;
  const { host, ports } = service;
  const about = (resource: Resource): boolean => hostsOf(resource).some((named) => fullHost(named, resource) === host);
  const related = resources.filter(about);
  const declaring = related.find(({ kind }) => kind === "Service" || kind === "ServiceEntry");
  const titles = new Set(related.map(resourceTitle));
  const first = ports[0];
  const cluster = first === undefined ? undefined : policy.cluster({ host, port: first.number, subset: undefined });
  return {
    host,
    declaredBy: declaring === undefined ? null : resourceTitle(declaring),
    ports: ports.map(({ number, name: portName }) => ({ number, name: portName })),
    subsets: related.flatMap((resource) => subsetsOf(resource, service, policy)),
    instances: cluster === undefined ? [] : policy.endpoints(cluster),
    routes: policy.virtualHosts
      .filter(({ hosts }) => hosts.includes(host))
      .map(({ virtualService, hosts, routes }) => ({
        ...(virtualService === undefined ? {} : { virtualService }),
        hosts,
        routes: routes.map(({ index, name: rule, matches, action }) => ({ index, name: rule, matches, action })),
      })),
    policy: cluster?.effective ?? null,
    resilience: related.filter(({ kind }) => kind === "ResiliencePolicy").map(resourceTitle),
    findings: analyzeDocuments({ documents: [], live: resources, mesh: settings, namespace }).filter(({ resource }) =>
      titles.has(resource),
    ),
  };
}

/** Names of all services that callers of the namespace see. */
export function knownServices({ resources, settings, namespace }: DescribeInput): readonly string[] {
  return [...createMeshPolicy(resources, { namespace, labels: {} }, settings).services.keys()].sort();
}

function findService({ services }: MeshPolicy, name: string): ServicePolicy | undefined {
  return services.get(name) ?? [...services.values()].find(({ aliases }) => aliases.includes(name));
}

interface Named {
  readonly host?: unknown;
  readonly hosts?: unknown;
  readonly subsets?: readonly { readonly name: string; readonly labels?: Labels }[];
}

/** The hosts that a resource is about; a Service is about its own name. */
function hostsOf({ kind, metadata, spec }: Resource): readonly string[] {
  if (kind === "Service") return [metadata.name];
  const { host, hosts } = (spec ?? {}) as Named;
  if (kind === "DestinationRule" || kind === "ResiliencePolicy") return typeof host === "string" ? [host] : [];
  const isAboutHosts = kind === "VirtualService" || kind === "ServiceEntry";
  return isAboutHosts && Array.isArray(hosts) ? (hosts as readonly string[]) : [];
}

function fullHost(host: string, { metadata }: Resource): string {
  return resolveHost(host, metadata.namespace ?? "default").toLowerCase();
}

function subsetsOf(resource: Resource, { host, ports }: ServicePolicy, policy: MeshPolicy): SubsetDescription[] {
  if (resource.kind !== "DestinationRule") return [];
  const port = ports[0]?.number ?? 0;
  return ((resource.spec as Named).subsets ?? []).map(({ name, labels }) => {
    const cluster = policy.cluster({ host, port, subset: name });
    const endpoints = cluster === undefined ? [] : policy.endpoints(cluster).map(({ id }) => id);
    return { name, labels: labels ?? {}, rule: resourceTitle(resource), endpoints };
  });
}
