import type { ClusterRef, Endpoint, MeshPolicy, PolicyChange } from "@intramesh/core";
import { Cluster, type ClusterParts } from "./cluster.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** The clusters that requests have asked for. Each is made once and carried from snapshot to snapshot. */
export class ClusterSet {
  readonly #clusters = new Map<string, Cluster>();
  readonly #parts: ClusterParts;
  readonly #subscriptions: Subscriptions;
  /** In how many clusters an endpoint is, by id. */
  readonly #uses = new Map<string, number>();
  /** Whether an endpoint has left the last of its clusters since pools were looked at. */
  #lost = false;
  /** What the clusters were brought to last. */
  #policy: MeshPolicy | undefined;

  constructor(parts: ClusterParts, subscriptions: Subscriptions) {
    this.#parts = parts;
    this.#subscriptions = subscriptions;
  }

  /** Undefined where the policy knows no such host, port or subset. */
  get(asked: MeshPolicy, ref: ClusterRef): Cluster | undefined {
    // A request that began before the last change may still ask: a cluster begins with what holds now.
    const policy = this.#policy ?? asked;
    const clusterPolicy = policy.cluster(ref);
    if (clusterPolicy === undefined) return undefined;
    const known = this.#clusters.get(clusterPolicy.key);
    if (known !== undefined) return known;
    const endpoints = policy.endpoints(clusterPolicy);
    const cluster: Cluster = new Cluster(clusterPolicy, endpoints, policy.resilience(ref), this.#parts, (before) => {
      this.#recount(cluster, before);
      this.#letGo();
    });
    this.#clusters.set(cluster.key, cluster);
    this.#count(cluster.endpoints, 1);
    this.#subscribe(cluster, policy);
    if (cluster.followsCallers) this.#countCallers(policy);
    return cluster;
  }

  /** Lets the endpoints of hosts come that may be asked for next. */
  foresee(policy: MeshPolicy, hosts: Iterable<string>): void {
    for (const host of hosts) this.#subscriptions.want(policy, host);
  }

  /** The same, but undefined too where calls have to be refused because a setting cannot be honoured. */
  callable(policy: MeshPolicy, ref: ClusterRef): Cluster | undefined {
    const cluster = this.get(policy, ref);
    return cluster?.policy.unsupported === undefined ? cluster : undefined;
  }

  /** What requests go to now. */
  all(): Cluster[] {
    return [...this.#clusters.values()];
  }

  /**
   * Brings the clusters to a new policy, those that `change` does not touch being there already where it is a step from
   * the last one; drops those that it does not know, and the connections of lost endpoints.
   */
  reconcile(policy: MeshPolicy, change?: PolicyChange): void {
    const step = change?.since === this.#policy ? change : undefined;
    this.#policy = policy;
    for (const cluster of this.#clusters.values()) {
      if (step !== undefined && !step.touches(cluster.policy.host)) continue;
      this.#bring(cluster, policy);
    }
    this.#countCallers(policy);
    this.#letGo();
  }

  close(): void {
    for (const cluster of this.#clusters.values()) cluster.retire();
  }

  #bring(cluster: Cluster, policy: MeshPolicy): void {
    const { host, port, subset } = cluster.policy;
    const before = cluster.endpoints;
    const next = policy.cluster({ host, port, subset });
    if (next === undefined) {
      this.#clusters.delete(cluster.key);
      cluster.update(cluster.policy, [], undefined);
      cluster.retire();
    } else {
      cluster.update(next, policy.endpoints(next), policy.resilience({ host, port, subset }));
      this.#subscribe(cluster, policy);
    }
    this.#recount(cluster, before);
  }

  /** A Service that selects by other labels has other endpoints to come. */
  #subscribe(cluster: Cluster, policy: MeshPolicy): void {
    const arriving = this.#subscriptions.want(policy, cluster.policy.host);
    cluster.arriving = arriving;
    void arriving?.then(() => {
      if (cluster.arriving === arriving) cluster.arriving = undefined;
    });
  }

  /** The own service is asked for and counted only where some cluster goes by it. */
  #countCallers(policy: MeshPolicy): void {
    const followers = this.all().filter(({ followsCallers }) => followsCallers);
    if (followers.length === 0) return;
    const { callers } = this.#parts;
    void this.#subscriptions.want(policy, callers.host);
    if (callers.count(policy)) for (const cluster of followers) cluster.spreadAnew();
  }

  #recount(cluster: Cluster, before: readonly Endpoint[]): void {
    this.#count(cluster.endpoints, 1);
    this.#count(before, -1);
  }

  /** Closes connections to endpoints that nobody has any more, each when its last request has ended. */
  #letGo(): void {
    if (this.#lost) this.#parts.pools.keepOnly(this.#uses);
    this.#lost = false;
  }

  #count(endpoints: readonly Endpoint[], step: 1 | -1): void {
    for (const { id } of endpoints) {
      const uses = (this.#uses.get(id) ?? 0) + step;
      if (uses > 0) this.#uses.set(id, uses);
      else this.#lost = this.#uses.delete(id) || this.#lost;
    }
  }
}
