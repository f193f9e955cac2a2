import { type Exchange, HeaderMap, type Outcome, type ResetOutcome, type ResponseOutcome } from "@intramesh/core";
import { grpcStatusOfHttp, isGrpc, noRetryHeader, replyToReset } from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { Stage } from "../chain.ts";

/** Names the reason of an answer that the mesh made up, in Envoy's response flags. */
export const flagsHeader = "x-intramesh-response-flags";

/**
 * Turns an attempt that brought no response into Envoy's answer, and names the reason on every answer of the mesh's own.
 * A caller that went away gets nothing.
 */
export const answerFailure: Stage = {
  role: "answer-failure",
  filter: () => (next) => (exchange) => next(exchange).then((outcome) => answer(exchange, outcome)),
};

function answer(exchange: Exchange, outcome: Outcome): Outcome {
  if (outcome.kind === "response") {
    if (!outcome.local) return takeNoRetry(exchange, outcome);
    if (exchange.flags.length > 0) outcome.headers.set(flagsHeader, exchange.flags.join(","));
    return asGrpc(exchange, outcome);
  }
  if (outcome.reason === "caller gone") {
    exchange.flags = ["DC"];
    return outcome;
  }
  const reply = replyToReset(outcome, exchange.attempts);
  exchange.flags = [reply.flag, ...exchange.flags];
  const headers = new HeaderMap([flagsHeader, exchange.flags.join(",")]);
  return asGrpc(exchange, localResponse(reply.status, reply.body + shortage(outcome), headers));
}

/** What a callee says of retries is between meshes: the program does not see it, but its own caller is told. */
function takeNoRetry(exchange: Exchange, response: ResponseOutcome): ResponseOutcome {
  if (response.header(noRetryHeader) === undefined) return response;
  response.headers.delete(noRetryHeader);
  if (isFailure(response)) exchange.noRetry = true;
  return response;
}

function isFailure(response: ResponseOutcome): boolean {
  return response.status >= 500 || (response.header("grpc-status") ?? "0") !== "0";
}

/** Names what this process has run out of (EMFILE and its kin), as Envoy names the reason of its transport. */
function shortage({ reason, cause }: ResetOutcome): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return reason === "overflow" && typeof code === "string" ? `, transport failure reason: ${code}` : "";
}

/** A gRPC caller reads its status from headers: Envoy answers 200 with `grpc-status`. */
function asGrpc(exchange: Exchange, response: ResponseOutcome): ResponseOutcome {
  if (response.status === 200 || !isGrpc(exchange.headers.get("content-type"))) return response;
  const headers = response.headers.clone();
  headers.set("content-type", "application/grpc");
  headers.set("grpc-status", String(grpcStatusOfHttp(response.status)));
  return localResponse(200, "", headers);
}
