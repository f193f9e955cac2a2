import { type Exchange, HeaderMap, MeshError, type Outcome, type Random, type Service } from "@intramesh/core";
import { dropControlHeaders } from "@intramesh/resilience";
import { findRoute, normalizePath } from "@intramesh/routing";
import { type AmbientContext, addMissing, currentContext, sdkRegistered } from "@intramesh/telemetry";
import { localResponse } from "@intramesh/transport";
import { joinRequest, leaveRequest } from "./calls-of-request.ts";
import { type Explanations, explainHeader } from "./explanations.ts";
import type { Recorder } from "./recorder.ts";
import { createRequestIds } from "./request-id.ts";
import type { Snapshot } from "./snapshot.ts";
import { flagsHeader } from "./stages/answer-failure.ts";
import { peerHeader } from "./workload.ts";

const nextRequestId = createRequestIds();

/** How long a request waits for the first configuration. */
const startLimitMs = 5_000;

/** What a request is handled with. */
export interface RequestHandlerParts {
  readonly random: Random;
  /** This process, as its callees' metrics will name it. */
  readonly peer: string;
  readonly throwOnMeshFailure: boolean;
  readonly explanations: Explanations;
  /** Undefined where nobody could ask for what it records. */
  readonly recorder: Recorder | undefined;
  /** Read once for each request. */
  snapshot(): Snapshot;
  /** Resolves when the first snapshot is in force; undefined from then on. A request that comes earlier waits. */
  starting(): Promise<void> | undefined;
  /** Whether `promise` resolves within the time. */
  within(promise: Promise<void>, limitMs: number): Promise<boolean>;
  closed(): boolean;
}

/** From an exchange to its outcome: what every face calls. */
export function createRequestHandler(parts: RequestHandlerParts): (exchange: Exchange) => Promise<Outcome> {
  const { peer, throwOnMeshFailure } = parts;

  function handle(exchange: Exchange): Promise<Outcome> {
    if (parts.closed()) return Promise.resolve(closedOutcome(exchange));
    const ambient = currentContext();
    addContext(exchange, peer, ambient);
    if (ambient === undefined) return admit(exchange);
    joinRequest(exchange, ambient);
    return admit(exchange).then((outcome) => {
      if (exchange.noRetry) ambient.forbidRetry();
      if (outcome.kind === "response") outcome.body.onSettled(() => leaveRequest(exchange, ambient));
      else leaveRequest(exchange, ambient);
      return outcome;
    });
  }

  function admit(exchange: Exchange): Promise<Outcome> {
    const starting = parts.starting();
    if (starting !== undefined)
      return parts.within(starting, startLimitMs).then((started) => (started ? route(exchange) : notStarted()));
    return route(exchange);
  }

  function route(exchange: Exchange): Promise<Outcome> {
    const snapshot = parts.snapshot();
    parts.recorder?.record(snapshot.policy, exchange);
    if (exchange.headers.get(explainHeader) === "1") return routeAndExplain(snapshot, exchange);
    return chainOf(snapshot, exchange, parts.random)(exchange);
  }

  async function routeAndExplain(snapshot: Snapshot, exchange: Exchange): Promise<Outcome> {
    const explanation = parts.explanations.explain(snapshot, exchange);
    exchange.explanation = explanation.text;
    const outcome = await chainOf(snapshot, exchange, parts.random)(exchange);
    // The first call to a service makes its endpoints come.
    exchange.explanation = explanation.complete(parts.snapshot().policy);
    if (outcome.kind === "response") outcome.headers.set(explainHeader, exchange.explanation);
    return outcome;
  }

  return throwOnMeshFailure ? (exchange) => handle(exchange).then((outcome) => failureOf(exchange, outcome)) : handle;
}

/** No registry and no remembered state: Envoy would not be ready either, and refuse. */
function notStarted(): Outcome {
  const headers = new HeaderMap([flagsHeader, "NC"]);
  return localResponse(
    503,
    `the mesh has had no configuration for ${startLimitMs / 1_000} s: is the registry running?`,
    headers,
  );
}

/** Headers that a request carries whatever its route, and that its route may look at. */
export function addContext(exchange: Exchange, peer: string, ambient: AmbientContext | undefined): void {
  const { headers } = exchange;
  dropControlHeaders(headers);
  if (ambient !== undefined) {
    addMissing(headers, ambient.propagated);
    if (ambient.explain && !headers.has(explainHeader)) headers.append(explainHeader, "1");
    if (ambient.traceHeaders.length > 0 && !sdkRegistered()) addMissing(headers, ambient.traceHeaders);
  }
  if (!headers.has("x-request-id")) headers.append("x-request-id", nextRequestId());
  headers.set(peerHeader, peer);
}

/** The chain that a request takes. Leaves the normalised path on the exchange. */
function chainOf(snapshot: Snapshot, exchange: Exchange, random: Random): Service {
  const { host, port } = exchange;
  const path = normalizePath(exchange.path, snapshot.policy.pathNormalization);
  if (path === undefined) return snapshot.badPath(host, port);
  exchange.path = path;
  const routes = snapshot.table.find(host, port);
  if (routes === undefined) return snapshot.unknownHost(host, port);
  const route = findRoute(routes, exchange, port);
  if (route === undefined) return snapshot.noRoute(routes, port);
  return snapshot.chain(routes, route, port, random());
}

/** What a call gets that comes after `mesh.close()`. */
export function closedOutcome(exchange: Exchange): Outcome {
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
