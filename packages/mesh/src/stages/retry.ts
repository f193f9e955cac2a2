import type { Exchange, Outcome, RetryPolicy, Service } from "@intramesh/core";
import { backoffMs, compileRetryConditions } from "@intramesh/resilience";
import pRetry from "p-retry";
import type { Runtime, Stage } from "../chain.ts";
import { interruptedOutcome, pause } from "../pause.ts";

/** Istio's `retries`. The first attempt costs one look at its outcome; p-retry drives those after it. */
export const retry: Stage = {
  role: "retry",
  filter: ({ route, goal }, runtime) => {
    const policy = route?.policy.retry;
    if (policy === undefined || policy.attempts === 0 || goal.kind !== "cluster") return undefined;
    const isRetriable = compileRetryConditions(policy);
    const { cluster } = goal;
    const mayRepeat = (outcome: Outcome, exchange: Exchange): boolean => {
      if (!isRetriable(outcome, exchange) || exchange.aborted !== undefined || !exchange.body.replayable())
        return false;
      // A repetition of a repetition multiplies the load of every tier; what never reached the upstream does not.
      if (!exchange.chained || (outcome.kind === "reset" && outcome.beforeRequest)) return true;
      cluster.stats.upstream_rq_retry_chained += 1;
      return false;
    };
    return (next) => (exchange) =>
      next(exchange).then((outcome) =>
        mayRepeat(outcome, exchange) ? repeat({ policy, mayRepeat, next, exchange, runtime }, outcome) : outcome,
      );
  },
};

interface Retrial {
  readonly policy: RetryPolicy;
  readonly mayRepeat: (outcome: Outcome, exchange: Exchange) => boolean;
  readonly next: Service;
  readonly exchange: Exchange;
  readonly runtime: Runtime;
}

/** Carries an outcome through p-retry, which reacts to throws only. */
class WorthARetry extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super("the attempt failed and may be repeated");
    this.outcome = outcome;
  }
}

async function repeat(retrial: Retrial, first: Outcome): Promise<Outcome> {
  const { policy, mayRepeat, next, exchange } = retrial;
  await prepare(retrial, first, 1);
  if (exchange.aborted !== undefined) return interruptedOutcome(exchange.aborted);
  try {
    return await pRetry(
      async () => {
        const outcome = await next(exchange);
        if (mayRepeat(outcome, exchange)) throw new WorthARetry(outcome);
        return outcome;
      },
      {
        retries: policy.attempts - 1,
        // Envoy's back-off is drawn below, where p-retry would sleep a second and double it.
        minTimeout: 0,
        factor: 1,
        async shouldRetry({ error, attemptNumber }) {
          if (!(error instanceof WorthARetry)) return false;
          await prepare(retrial, error.outcome, attemptNumber + 1);
          return exchange.aborted === undefined;
        },
      },
    );
  } catch (error) {
    if (!(error instanceof WorthARetry)) throw error;
    if (exchange.aborted !== undefined) return interruptedOutcome(exchange.aborted);
    exchange.flags = [...exchange.flags, "URX"];
    return error.outcome;
  }
}

/** Lets go of the failed attempt, remembers its endpoint and waits. `nth` counts retries from 1. */
async function prepare({ policy, exchange, runtime }: Retrial, failed: Outcome, nth: number): Promise<void> {
  if (failed.kind === "response") failed.body.discard();
  if (policy.ignorePreviousHosts && exchange.upstream !== undefined) {
    exchange.tried = [...exchange.tried, exchange.upstream.endpoint.id];
  }
  await pause(exchange, backoffMs(nth, policy.backoffMs, runtime.random()), runtime.scheduler);
}
