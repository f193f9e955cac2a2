import type { Service } from "@intramesh/core";
import type { ChainPolicy, Role, Runtime, Stage } from "./chain.ts";
import { answerCors } from "./stages/answer-cors.ts";
import { answerDirectly } from "./stages/answer-directly.ts";
import { answerFailure } from "./stages/answer-failure.ts";
import { applyDeadline } from "./stages/apply-deadline.ts";
import { awaitEndpoints } from "./stages/await-endpoints.ts";
import { breakCircuit } from "./stages/break-circuit.ts";
import { collapse } from "./stages/collapse.ts";
import { fallBack } from "./stages/fall-back.ts";
import { hedge } from "./stages/hedge.ts";
import { holdPlace } from "./stages/hold-place.ts";
import { injectFault } from "./stages/inject-fault.ts";
import { limitConcurrency } from "./stages/limit-concurrency.ts";
import { limitRate } from "./stages/limit-rate.ts";
import { logAccess } from "./stages/log-access.ts";
import { mirrorRequest } from "./stages/mirror-request.ts";
import { observeOutcome } from "./stages/observe-outcome.ts";
import { perTryTimeout } from "./stages/per-try-timeout.ts";
import { pickEndpoint } from "./stages/pick-endpoint.ts";
import { retry } from "./stages/retry.ts";
import { send } from "./stages/send.ts";
import { shapeRequest } from "./stages/shape-request.ts";
import { timeRequest } from "./stages/time-request.ts";
import { traceAttempt } from "./stages/trace-attempt.ts";
import { traceRequest } from "./stages/trace-request.ts";

/**
 * The way of a request. It meets the stages in this order; the first is the outermost. A stage that a route does not
 * use is absent from its chain. Everything below `retry` runs once for each attempt.
 */
export const stack: readonly Stage[] = [
  traceRequest,
  logAccess,
  timeRequest,
  fallBack,
  answerFailure,
  limitRate,
  injectFault,
  answerCors,
  answerDirectly,
  collapse,
  shapeRequest,
  mirrorRequest,
  applyDeadline,
  awaitEndpoints,
  limitConcurrency,
  retry,
  hedge,
  breakCircuit,
  pickEndpoint,
  holdPlace,
  observeOutcome,
  perTryTimeout,
  traceAttempt,
  send,
];

/** Why one stage must stand above another. */
export interface Precedence {
  readonly above: Role;
  readonly below: Role;
  readonly because: string;
}

/** The reasons for the order. A test holds the stack against them. */
export const order: readonly Precedence[] = [
  place("trace", "fallback", "metrics show the answer that the caller gets, with the flags of what it stands for"),
  place("trace", "log-access", "a line shows the trace headers that the request was sent with"),
  place("trace", "timeline", "a timeline stands before the span that hears of attempts"),
  place("timeline", "fallback", "a timeline is of what the caller waits for"),
  place("log-access", "fallback", "a line shows the answer that the caller gets"),
  place("fallback", "answer-failure", "a fallback stands for every failure, the mesh's own answers included"),
  place("answer-failure", "limit-rate", "a refusal is an answer of the mesh and says so in its headers"),
  place("limit-rate", "fault", "Envoy's filter order: what is over the limit is not worth a fault"),
  place("fault", "answer-directly", "Envoy's filter order: fault, then the router, which answers directly"),
  place("fault", "deadline", "Envoy's fault filter runs before its router: the route timeout starts after the delay"),
  place("fault", "cors", "Envoy's filter order: fault, cors, router"),
  place("cors", "answer-directly", "a preflight of a route that redirects is a preflight all the same"),
  place("fault", "retry", "an injected abort is not retried"),
  place("answer-directly", "collapse", "only calls that leave the process are worth sharing"),
  place("collapse", "shape", "what callers ask for is compared, not what a route makes of it"),
  place("shape", "mirror", "the copy is taken after header, host and path changes"),
  place("mirror", "retry", "a request is mirrored once, not for each attempt"),
  place("deadline", "await-endpoints", "looking names up is the caller's time"),
  place("await-endpoints", "limit-concurrency", "the first look-up of a name says nothing of how fast the upstream is"),
  place("deadline", "limit-concurrency", "waiting for a place is the caller's time"),
  place("limit-concurrency", "retry", "a request keeps its place over all its attempts, as a Hystrix command does"),
  place("retry", "hedge", "hedges are tries of one attempt; what they bring is retried together"),
  place("hedge", "break-circuit", "each try counts for the breaker"),
  place("break-circuit", "pick-endpoint", "an open breaker refuses before choosing"),
  place("pick-endpoint", "hold-place", "a place is on a connection to one endpoint"),
  place("hold-place", "observe", "an overflow says nothing of the endpoint: Envoy does not eject for it"),
  place("observe", "per-try-timeout", "a try that times out counts against its endpoint"),
  place("per-try-timeout", "send", "it times the wire, not our queue"),
  place("trace-attempt", "send", "what is sent is an attempt, what waits or is refused before is none"),
];

/** Builds the chain of one route and destination. `send` never passes on; a chain without it ends in an answer. */
export function materialize(stages: readonly Stage[], policy: ChainPolicy, runtime: Runtime): Service {
  return stages.reduceRight<Service>((next, stage) => stage.filter(policy, runtime)?.(next) ?? next, unfinished);
}

function place(above: Role, below: Role, because: string): Precedence {
  return { above, below, because };
}

function unfinished(): never {
  throw new Error("a chain must end in a stage that answers");
}
