import type { Exchange, Outcome } from "@intramesh/core";
import { chooseDestination, findRoute, normalizePath } from "@intramesh/routing";
import { type Connection, localResponse } from "@intramesh/transport";
import { type PickRuntime, pickOnce } from "./call-once.ts";
import type { ClusterSet } from "./cluster-set.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Routes a WebSocket or CONNECT: match, weights, headers and pick apply; retries and timeouts do not. A cookie that
 * consistent hashing would make is not set: the answer is between the upstream and the caller's own handler.
 */
export function routeUpgrade(
  snapshot: Snapshot,
  clusters: ClusterSet,
  exchange: Exchange,
  runtime: PickRuntime & { readonly passthrough: Connection },
): Connection | Outcome | Promise<Connection | Outcome> {
  exchange.path = normalizePath(exchange.path, snapshot.policy.pathNormalization) ?? exchange.path;
  const host = snapshot.table.find(exchange.host, exchange.port);
  if (host === undefined) {
    return snapshot.policy.outboundTrafficPolicy === "ALLOW_ANY" ? runtime.passthrough : localResponse(502, "");
  }
  const route = findRoute(host, exchange, exchange.port);
  if (route === undefined || route.destinations.length === 0) return localResponse(404, "");
  const destination = chooseDestination(route, runtime.random());
  const cluster = clusters.callable(snapshot.policy, destination.clusterRef(exchange.port));
  if (cluster === undefined) return localResponse(503, "");
  const pick = (): Connection | Outcome => {
    const picked = pickOnce(cluster, exchange, runtime, route.policy.hashKeys);
    if (picked === undefined) return localResponse(503, "no healthy upstream");
    if (destination.changesRequest) destination.applyRequestHeaders(exchange.headers, exchange);
    exchange.authority = destination.policy.authority ?? exchange.authority;
    exchange.path = route.rewritePath(exchange.path);
    return picked.connection(exchange.scheme);
  };
  return cluster.starting === undefined ? pick() : cluster.starting.then(pick);
}
