import { randomUUID } from "node:crypto";
import { type Exchange, MeshError, type Outcome, type Random, type Service } from "@intramesh/core";
import { findRoute, normalizePath } from "@intramesh/routing";
import { addMissing, currentContext, sdkRegistered } from "@intramesh/telemetry";
import type { Snapshot } from "./snapshot.ts";
import { flagsHeader } from "./stages/answer-failure.ts";
import { peerHeader } from "./workload.ts";

export interface RequestHandlerParts {
  readonly random: Random;
  /** This process, as its callees' metrics will name it. */
  readonly peer: string;
  readonly throwOnMeshFailure: boolean;
  /** Read once for each request. */
  snapshot(): Snapshot;
  /** Resolves when the first snapshot is in force; undefined from then on. A request that comes earlier waits. */
  starting(): Promise<void> | undefined;
  closed(): boolean;
}

/** From an exchange to its outcome: what every face calls. */
export function createRequestHandler(parts: RequestHandlerParts): (exchange: Exchange) => Promise<Outcome> {
  const { peer, throwOnMeshFailure } = parts;

  function handle(exchange: Exchange): Promise<Outcome> {
    if (parts.closed()) return Promise.resolve(closedOutcome(exchange));
    addContext(exchange, peer);
    const starting = parts.starting();
    if (starting !== undefined) return starting.then(() => route(exchange));
    return route(exchange);
  }

  function route(exchange: Exchange): Promise<Outcome> {
    return chainOf(parts.snapshot(), exchange, parts.random)(exchange);
  }

  return throwOnMeshFailure ? (exchange) => handle(exchange).then((outcome) => failureOf(exchange, outcome)) : handle;
}

/** Headers that a request carries whatever its route, and that its route may look at. */
function addContext(exchange: Exchange, peer: string): void {
  const { headers } = exchange;
  const ambient = currentContext();
  if (ambient !== undefined) {
    addMissing(headers, ambient.propagated);
    if (ambient.traceHeaders.length > 0 && !sdkRegistered()) addMissing(headers, ambient.traceHeaders);
  }
  if (!headers.has("x-request-id")) headers.append("x-request-id", randomUUID());
  headers.set(peerHeader, peer);
}

/** The chain that a request takes. Leaves the normalised path on the exchange. */
export function chainOf(snapshot: Snapshot, exchange: Exchange, random: Random): Service {
  const { host, port } = exchange;
  const path = normalizePath(exchange.path);
  if (path === undefined) return snapshot.badPath(host, port);
  exchange.path = path;
  const routes = snapshot.table.find(host, port);
  if (routes === undefined) return snapshot.unknownHost(host, port);
  const route = findRoute(routes, exchange, port);
  if (route === undefined) return snapshot.noRoute(routes, port);
  return snapshot.chain(routes, route, port, random());
}

function closedOutcome(exchange: Exchange): Outcome {
  const cause = new MeshError(
    "MESH_CLOSED",
    `${exchange.method} ${exchange.authority}${exchange.path} was called after mesh.close(); create a new mesh`,
  );
  return { kind: "reset", reason: "caller gone", beforeRequest: true, cause };
}

/** `throwOnMeshFailure`: an answer of the mesh's own becomes an error with the same facts. */
function failureOf(exchange: Exchange, outcome: Outcome): Outcome {
  if (outcome.kind === "reset" || !outcome.local || outcome.headers.get(flagsHeader) === undefined) return outcome;
  const flags = exchange.flags;
  const message = `${exchange.method} ${exchange.authority}${exchange.path} got ${outcome.status} (${flags.join(",")}) from the mesh`;
  const cause = new MeshError("MESH_REQUEST_REFUSED", message, { flags, status: outcome.status });
  return { kind: "reset", reason: "caller gone", beforeRequest: true, cause };
}
