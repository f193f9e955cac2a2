import type { ClusterRef, MeshPolicy } from "@intramesh/core";
import { Cluster, type ClusterParts } from "./cluster.ts";

/** The clusters that requests have asked for. Each is made once and carried from snapshot to snapshot. */
export class ClusterSet {
  readonly #clusters = new Map<string, Cluster>();
  readonly #parts: ClusterParts;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
  }

  /** Undefined where the policy knows no such host, port or subset. */
  get(policy: MeshPolicy, ref: ClusterRef): Cluster | undefined {
    const clusterPolicy = policy.cluster(ref);
    if (clusterPolicy === undefined) return undefined;
    const known = this.#clusters.get(clusterPolicy.key);
    if (known !== undefined) return known;
    const cluster = new Cluster(clusterPolicy, policy.endpoints(clusterPolicy), this.#parts);
    this.#clusters.set(cluster.key, cluster);
    return cluster;
  }

  /** What requests go to now. */
  all(): Cluster[] {
    return [...this.#clusters.values()];
  }

  /** Brings every cluster to a new policy; drops those that it does not know, and the connections of lost endpoints. */
  reconcile(policy: MeshPolicy): void {
    const ids = new Set<string>();
    for (const cluster of this.#clusters.values()) {
      const { host, port, subset } = cluster.policy;
      const next = policy.cluster({ host, port, subset });
      if (next === undefined) {
        this.#clusters.delete(cluster.key);
        cluster.update(cluster.policy, []);
        cluster.retire();
        continue;
      }
      cluster.update(next, policy.endpoints(next));
      for (const endpoint of cluster.endpoints) ids.add(endpoint.id);
    }
    this.#parts.pools.keepOnly(ids);
  }

  close(): void {
    for (const cluster of this.#clusters.values()) cluster.retire();
  }
}
