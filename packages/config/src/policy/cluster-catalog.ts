import {
  type ClusterPolicy,
  type ClusterRef,
  type EffectiveTrafficPolicy,
  type Endpoint,
  type HashKey,
  parseDurationMs,
  type ResiliencePolicy,
  type ServicePort,
  type SimpleLoadBalancer,
} from "@intramesh/core";
import type { ConsistentHashSpec } from "../spec/destination-rule.ts";
import type { DestinationRules } from "./destination-rules.ts";
import { type BalancingContext, translateBalancing } from "./load-balancing/translate-balancing.ts";
import { translateHashKeys } from "./load-balancing/translate-hash-keys.ts";
import type { MergedRule } from "./merged-rule.ts";
import type { ResiliencePolicies } from "./resilience-policies.ts";
import type { ServiceCatalog } from "./service-directory.ts";
import type { ServiceRecord } from "./service-record.ts";
import { type MeshTrafficPolicy, mergeTrafficPolicy } from "./traffic-policy.ts";
import { findRetryBudget, translateConnectionPool } from "./translate-connection-pool.ts";
import { translateOutlierDetection } from "./translate-outlier-detection.ts";
import { unsupportedSetting } from "./unsupported.ts";
import { hasLabels, type WorkloadIndex } from "./workloads.ts";

/** Clusters and their endpoints, made when first asked for and kept. */
export interface ClusterCatalog {
  find(ref: ClusterRef): ClusterPolicy | undefined;
  endpoints(cluster: ClusterPolicy): readonly Endpoint[];
  /** By what requests are pinned; without a port, settings of single ports do not count. */
  hashKeys(host: string, port: number | undefined, subset: string | undefined): readonly HashKey[];
}

interface Parts {
  readonly services: ServiceCatalog;
  readonly rules: DestinationRules;
  /** Built when the first endpoints are asked for. */
  readonly workloads: () => WorkloadIndex;
  readonly connectTimeoutMs: number;
  /** Blocks that hold where no rule has one. */
  readonly meshPolicy: MeshTrafficPolicy;
  /** For whom requests are balanced. */
  readonly balancing: Pick<BalancingContext, "client" | "meshLocality" | "meshZoneAware">;
  readonly resilience: ResiliencePolicies;
}

/** Clusters that have not changed, by the record of their service: the same object from one policy to the next. */
const known = new WeakMap<ServiceRecord, Map<string, KnownCluster>>();

interface KnownCluster {
  readonly rule: MergedRule | undefined;
  readonly connectTimeoutMs: number;
  /** Whose balancing and which defaults it has, as text. */
  readonly madeFor: string;
  readonly resilience: ResiliencePolicy | undefined;
  readonly cluster: ClusterPolicy;
}

const noKeys: readonly HashKey[] = [];

/** The number of no port. */
const noPort = 0;

/** Clusters over these services, rules and workloads; each is made once. */
export function createClusterCatalog(parts: Parts): ClusterCatalog {
  const clusters = new Map<string, ClusterPolicy | undefined>();
  const endpoints = new Map<ClusterPolicy, readonly Endpoint[]>();
  const madeFor = describeClient(parts);

  function findEndpoints(cluster: ClusterPolicy): readonly Endpoint[] {
    const record = parts.services.find(cluster.host);
    const port = record === undefined ? undefined : portOf(record, cluster.port);
    if (record === undefined || port === undefined) return [];
    const all = record.endpoints(port, cluster.host, parts.workloads());
    const isMember = ({ labels }: Endpoint): boolean => hasLabels(labels, cluster.subsetLabels);
    // A subset of all of them shares their list.
    return cluster.subset === undefined || all.every(isMember) ? all : all.filter(isMember);
  }

  return {
    find(ref) {
      const key = clusterKey(ref);
      if (clusters.has(key)) return clusters.get(key);
      const cluster = findCluster(key, ref, parts, madeFor);
      clusters.set(key, cluster);
      return cluster;
    },
    endpoints(cluster) {
      let found = endpoints.get(cluster);
      if (found === undefined) {
        found = findEndpoints(cluster);
        endpoints.set(cluster, found);
      }
      return found;
    },
    hashKeys(host, port, subset) {
      const record = parts.services.find(host);
      const rule = record && parts.rules.find(record.policy.host, record.policy.namespace);
      if (rule === undefined) return noKeys;
      const narrower = subset === undefined ? undefined : rule.subsets.get(subset);
      const { loadBalancer } = mergeTrafficPolicy(rule.trafficPolicy, narrower?.trafficPolicy, port ?? noPort);
      // The block has been checked to have this form.
      return translateHashKeys(loadBalancer["consistentHash"] as ConsistentHashSpec | undefined);
    },
  };
}

/** Envoy's name of an outbound cluster. */
function clusterKey({ port, subset, host }: ClusterRef): string {
  return `outbound|${port}|${subset ?? ""}|${host}`;
}

function findCluster(key: string, ref: ClusterRef, parts: Parts, madeFor: string): ClusterPolicy | undefined {
  const record = parts.services.find(ref.host);
  if (record === undefined || portOf(record, ref.port) === undefined) return undefined;
  const rule = parts.rules.find(record.policy.host, record.policy.namespace);
  if (ref.subset !== undefined && !rule?.subsets.has(ref.subset)) return undefined;
  const resilience = parts.resilience.find(ref);
  // Names under a wildcard are the callers' choice: they are not kept beyond this policy.
  if (record.policy.host !== ref.host) return makeCluster(key, ref, record, rule, resilience, parts);
  let clusters = known.get(record);
  if (clusters === undefined) {
    clusters = new Map();
    known.set(record, clusters);
  }
  const before = clusters.get(key);
  const { connectTimeoutMs } = parts;
  const isKnown = before?.rule === rule && before?.connectTimeoutMs === connectTimeoutMs;
  const isMadeAlike = before?.madeFor === madeFor && before.resilience === resilience;
  if (before !== undefined && isKnown && isMadeAlike) return before.cluster;
  const cluster = makeCluster(key, ref, record, rule, resilience, parts);
  clusters.set(key, { rule, connectTimeoutMs, madeFor, resilience, cluster });
  return cluster;
}

function makeCluster(
  key: string,
  ref: ClusterRef,
  record: ServiceRecord,
  rule: MergedRule | undefined,
  resilience: ResiliencePolicy | undefined,
  { connectTimeoutMs, meshPolicy, balancing }: Parts,
): ClusterPolicy {
  const subset = ref.subset === undefined ? undefined : rule?.subsets.get(ref.subset);
  const effective = mergeTrafficPolicy(rule?.trafficPolicy, subset?.trafficPolicy, ref.port, meshPolicy);
  return {
    key,
    host: ref.host,
    port: ref.port,
    subset: ref.subset,
    service: record.policy,
    nameResolution: record.nameResolution ?? "ON_CONNECT",
    subsetLabels: subset?.labels ?? {},
    loadBalancer: simpleLoadBalancer(effective.loadBalancer["simple"]),
    balancing: translateBalancing(effective, { ...balancing, nearness: record.nearness, resilience }),
    connectTimeoutMs: connectTimeout(effective) ?? connectTimeoutMs,
    connectionPool: translateConnectionPool({
      connectionPool: effective.connectionPool,
      retryBudget: findRetryBudget(rule?.trafficPolicy, subset?.trafficPolicy, ref.port),
      connectTimeoutMs,
    }),
    outlierDetection: translateOutlierDetection(effective.outlierDetection),
    unsupported: unsupportedSetting(effective, [rule?.trafficPolicy, subset?.trafficPolicy]),
    tls: effective.tls?.["mode"] === "SIMPLE" || effective.tls?.["mode"] === "MUTUAL" ? "SIMPLE" : "DISABLE",
    effective,
  };
}

/** Everything of a client and its mesh that clusters depend on beside their rules. */
function describeClient({ balancing: { client, meshLocality, meshZoneAware }, meshPolicy }: Parts): string {
  return JSON.stringify([client.locality, client.labels, meshLocality, meshZoneAware, meshPolicy]);
}

function portOf(record: ServiceRecord, number: number): ServicePort | undefined {
  return record.policy.ports.find((port) => port.number === number);
}

function simpleLoadBalancer(written: unknown): SimpleLoadBalancer {
  return written === "ROUND_ROBIN" || written === "RANDOM" || written === "PASSTHROUGH" ? written : "LEAST_REQUEST";
}

function connectTimeout(effective: EffectiveTrafficPolicy): number | undefined {
  const tcp = effective.connectionPool?.["tcp"];
  if (typeof tcp !== "object" || tcp === null || !("connectTimeout" in tcp)) return undefined;
  return typeof tcp.connectTimeout === "string" ? parseDurationMs(tcp.connectTimeout) : undefined;
}
