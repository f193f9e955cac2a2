import { hashOf } from "@intramesh/balancing";
import type { Exchange, HashKey, Outcome } from "@intramesh/core";
import type { Runtime } from "./chain.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterEndpoint } from "./cluster-endpoint.ts";
import { pause } from "./pause.ts";

/** What a pick needs of the process. */
export type PickRuntime = Pick<Runtime, "clock" | "random" | "source" | "hash64">;

/**
 * The pick of a request that takes no chain: an upgrade, a copy for a mirror, a fallback. Pinned by `hashKeys`, by default
 * those of the cluster's own DestinationRule; undefined where there is nobody to pick.
 */
export function pickOnce(
  cluster: Cluster,
  exchange: Exchange,
  { clock, random, source, hash64 }: PickRuntime,
  hashKeys: readonly HashKey[] = cluster.policy.balancing.hashKeys,
): ClusterEndpoint | undefined {
  const pinned = hashKeys.length === 0 ? undefined : hashOf(hashKeys, exchange, source, hash64());
  return cluster.picker.pick(random, undefined, pinned?.hash, clock.now());
}

/** What a wait needs of the process. */
type PauseRuntime = Pick<Runtime, "scheduler" | "waiting">;

/** Waits where a cluster's endpoints are on their way, as a request of the stack does in `await-endpoints`; undefined where not. */
export function untilStarted(cluster: Cluster, exchange: Exchange, runtime: PauseRuntime): Promise<void> | undefined {
  const { starting, startLimitMs } = cluster;
  if (starting === undefined) return undefined;
  // Endpoints that have come may have names.
  return pause(exchange, startLimitMs, runtime, starting).then(() =>
    cluster.starting === starting ? undefined : untilStarted(cluster, exchange, runtime),
  );
}

/** Sends one attempt that is no request of its own, and counts it among what the endpoint has in flight. */
export async function sendOnce(picked: ClusterEndpoint, exchange: Exchange): Promise<Outcome> {
  const { state } = picked;
  const release = (): void => {
    state.active -= 1;
  };
  state.active += 1;
  const outcome = await picked.connection(exchange.scheme).send(exchange);
  if (outcome.kind === "response") outcome.body.onSettled(release);
  else release();
  return outcome;
}
