import type { Service } from "@intramesh/core";
import type { ChainPolicy, Role, Runtime, Stage } from "./chain.ts";
import { answerDirectly } from "./stages/answer-directly.ts";
import { answerFailure } from "./stages/answer-failure.ts";
import { applyDeadline } from "./stages/apply-deadline.ts";
import { holdPlace } from "./stages/hold-place.ts";
import { injectFault } from "./stages/inject-fault.ts";
import { mirrorRequest } from "./stages/mirror-request.ts";
import { observeOutcome } from "./stages/observe-outcome.ts";
import { perTryTimeout } from "./stages/per-try-timeout.ts";
import { pickEndpoint } from "./stages/pick-endpoint.ts";
import { retry } from "./stages/retry.ts";
import { send } from "./stages/send.ts";
import { shapeRequest } from "./stages/shape-request.ts";
import { traceRequest } from "./stages/trace-request.ts";

/**
 * The way of a request. It meets the stages in this order; the first is the outermost. A stage that a route does not
 * use is absent from its chain. Everything below `retry` runs once for each attempt.
 */
export const stack: readonly Stage[] = [
  traceRequest,
  answerFailure,
  injectFault,
  answerDirectly,
  shapeRequest,
  mirrorRequest,
  applyDeadline,
  retry,
  pickEndpoint,
  holdPlace,
  observeOutcome,
  perTryTimeout,
  send,
];

/** Why the stages stand in this order: `above` must come before `below`. A test holds the stack against it. */
export const order: readonly { readonly above: Role; readonly below: Role; readonly because: string }[] = [
  {
    above: "trace",
    below: "answer-failure",
    because: "spans and metrics show the response that the caller gets, the mesh's own included",
  },
  { above: "answer-failure", below: "fault", because: "an abort is an answer of the mesh and says so in its headers" },
  {
    above: "fault",
    below: "deadline",
    because: "Envoy's fault filter runs before its router: the route timeout starts after the delay",
  },
  { above: "fault", below: "retry", because: "an injected abort is not retried" },
  {
    above: "fault",
    below: "answer-directly",
    because: "Envoy's filter order: fault, then the router, which answers directly",
  },
  { above: "answer-directly", below: "shape", because: "redirects and direct responses never leave the process" },
  { above: "shape", below: "retry", because: "rewrite and header operations are done once; attempts share them" },
  { above: "shape", below: "mirror", because: "the copy is taken after header, host and path changes" },
  { above: "mirror", below: "retry", because: "a request is mirrored once, not for each attempt" },
  { above: "deadline", below: "retry", because: "the route timeout covers all attempts and the waiting between them" },
  { above: "retry", below: "pick-endpoint", because: "each attempt picks anew and avoids those tried" },
  { above: "pick-endpoint", below: "hold-place", because: "a place is on a connection to one endpoint" },
  {
    above: "hold-place",
    below: "observe",
    because: "an overflow says nothing of the endpoint: Envoy does not eject for it",
  },
  { above: "hold-place", below: "per-try-timeout", because: "waiting for a place is not the upstream's time" },
  { above: "pick-endpoint", below: "observe", because: "there is nobody to blame before an endpoint is picked" },
  { above: "observe", below: "per-try-timeout", because: "a try that times out counts against its endpoint" },
  { above: "per-try-timeout", below: "send", because: "it times the wire, not our queue" },
];

/** Builds the chain of one route and destination. `send` never passes on; a chain without it ends in an answer. */
export function materialize(stages: readonly Stage[], policy: ChainPolicy, runtime: Runtime): Service {
  return stages.reduceRight<Service>((next, stage) => stage.filter(policy, runtime)?.(next) ?? next, unfinished);
}

function unfinished(): never {
  throw new Error("a chain must end in a stage that answers");
}
