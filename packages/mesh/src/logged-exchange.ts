import type { Exchange, Outcome } from "@intramesh/core";
import type { LoggedRequest } from "@intramesh/telemetry";
import type { ChainPolicy, Runtime } from "./chain.ts";
import { ExchangeFacts } from "./exchange-facts.ts";
import { responseDetails } from "./response-details.ts";

/** An outbound request that has ended, as its log line speaks of it. `headMs`: from its start to the head of its response. */
export function loggedExchange(
  exchange: Exchange,
  outcome: Outcome,
  headMs: number,
  policy: ChainPolicy,
  runtime: Runtime,
): LoggedRequest {
  const response = outcome.kind === "response" ? outcome : undefined;
  const facts = new ExchangeFacts(exchange, policy, runtime);
  facts.response = response;
  return {
    request: exchange,
    response: response && loggedHead((name) => response.header(name), response.local ? undefined : headMs),
    facts: {
      startedAtMs: () => facts.startedAtMs(),
      nowMs: () => facts.nowMs(),
      environment: (name) => facts.environment(name),
      text: (operator) => endOf(operator, exchange, outcome, runtime) ?? facts.text(operator),
    },
  };
}

/** What is known when a request has ended, of one that brought no response too. */
function endOf(operator: string, exchange: Exchange, outcome: Outcome, { clock }: Runtime): string | undefined {
  const { flags, body, attempts, upstream, startedAt } = exchange;
  switch (operator) {
    case "PROTOCOL":
      return "HTTP/1.1";
    case "RESPONSE_CODE":
      return outcome.kind === "response" ? String(outcome.status) : "0";
    case "RESPONSE_FLAGS":
      return flags.length === 0 ? "-" : flags.join(",");
    case "RESPONSE_CODE_DETAILS":
      return responseDetails(flags, outcome.kind === "response" && !outcome.local);
    case "BYTES_RECEIVED":
      return String(body.bytes());
    case "BYTES_SENT":
      return outcome.kind === "response" ? String(outcome.body.bytes) : "0";
    case "DURATION":
      return String(Math.round(clock.now() - startedAt));
    case "UPSTREAM_REQUEST_ATTEMPT_COUNT":
      return String(attempts);
    case "UPSTREAM_HOST":
      return upstream?.endpoint.id;
    default:
      return undefined;
  }
}

const serviceTimeHeader = "x-envoy-upstream-service-time";

/**
 * The head of a response as log lines read it. Envoy's router writes one header where a response passes; the program does
 * not see ours. `headMs` is its value, undefined where there is none.
 */
export function loggedHead(
  read: (name: string) => string | undefined,
  headMs: number | undefined,
): LoggedRequest["response"] {
  return {
    get: (name) =>
      read(name) ?? (name === serviceTimeHeader && headMs !== undefined ? String(Math.round(headMs)) : undefined),
  };
}
