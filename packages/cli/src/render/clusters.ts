import type { EffectiveTrafficPolicy, Endpoint, EndpointState } from "@intramesh/core";
import { layOutColumns } from "./columns.ts";

/** A cluster as an admin port shows it. */
export interface ClusterPage {
  /** Envoy's name for it: `outbound|9080|v2|reviews.default.svc.cluster.local`. */
  readonly cluster: string;
  readonly policy: EffectiveTrafficPolicy;
  readonly endpoints: readonly (Endpoint & EndpointState)[];
  /** Counters by Envoy's names. */
  readonly stats: Readonly<Record<string, number>>;
}

/** The clusters that requests have asked for, one a line. */
export function renderClusters(clusters: readonly ClusterPage[]): string {
  if (clusters.length === 0) return "No clusters: they are made when the first request goes there.\n";
  const rows = sorted(clusters).map(({ cluster, policy, endpoints }) => {
    const { host, port, subset } = nameParts(cluster);
    const healthy = endpoints.filter(({ ejected }) => !ejected).length;
    const active = endpoints.reduce((sum, endpoint) => sum + endpoint.active, 0);
    const limits = ["connectionPool", "outlierDetection", "tls"].filter(
      (block) => policy[block as keyof EffectiveTrafficPolicy] !== null,
    );
    return [
      host,
      port,
      subset === "" ? "-" : subset,
      loadBalancerText(policy.loadBalancer),
      `${healthy}/${endpoints.length}`,
      String(active),
      limits.length === 0 ? "-" : limits.join(","),
    ];
  });
  const header = ["SERVICE FQDN", "PORT", "SUBSET", "LOAD BALANCER", "HEALTHY", "ACTIVE", "ALSO SET"];
  return layOutColumns([header, ...rows]);
}

/** Every endpoint of every cluster, one a line; one that is in several clusters stands in each. */
export function renderEndpoints(clusters: readonly ClusterPage[]): string {
  const rows = sorted(clusters).flatMap(({ cluster, endpoints }) =>
    endpoints.map(({ id, ejected, labels, locality, weight, active, latencyMs, instance }) => [
      id,
      ejected ? "EJECTED" : "HEALTHY",
      labels["version"] ?? "-",
      locality === "" ? "-" : locality,
      String(weight),
      String(active),
      latencyMs > 0 ? `${Number(latencyMs.toFixed(1))}ms` : "-",
      instance === "" ? "-" : instance,
      cluster,
    ]),
  );
  if (rows.length === 0) return "No endpoints: no request has gone to a cluster that has some.\n";
  const header = ["ENDPOINT", "STATUS", "VERSION", "LOCALITY", "WEIGHT", "ACTIVE", "LATENCY", "INSTANCE", "CLUSTER"];
  return layOutColumns([header, ...rows]);
}

function loadBalancerText(loadBalancer: EffectiveTrafficPolicy["loadBalancer"]): string {
  const { simple } = loadBalancer;
  return typeof simple === "string" ? simple : (Object.keys(loadBalancer)[0] ?? "-");
}

function nameParts(cluster: string): { readonly host: string; readonly port: string; readonly subset: string } {
  const [, port = "", subset = "", host = cluster] = cluster.split("|");
  return { host, port, subset };
}

function sorted(clusters: readonly ClusterPage[]): readonly ClusterPage[] {
  const key = ({ cluster }: ClusterPage): string => {
    const { host, port, subset } = nameParts(cluster);
    return `${host} ${port} ${subset}`;
  };
  return clusters.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
