import type { Exchange, Outcome, ResponseFlag, RetryPolicy, Service } from "@intramesh/core";
import { askedWaitMs, backoffMs, compileRetryConditions, noRetryHeader, retryWaitMs } from "@intramesh/resilience";
import pRetry from "p-retry";
import type { Runtime, Stage } from "../chain.ts";
import type { Cluster } from "../cluster.ts";
import { letGo } from "../let-go.ts";
import { interruptedOutcome, pause } from "../pause.ts";

/** A response that asks for a longer rest than this is handed on: its caller knows better what to do meanwhile. */
const longestRestMs = 10_000;

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
      if (!exchange.chained || (outcome.kind === "reset" && outcome.beforeRequest)) return !forbidden(outcome, cluster);
      cluster.stats.upstream_rq_retry_chained += 1;
      exchange.noRetry = true;
      return false;
    };
    return (next) => (exchange) => {
      // What may not be repeated earns nothing, or the budgets of a chain of services would multiply.
      if (!exchange.chained) cluster.guards.retryBudget?.deposit(runtime.clock.now());
      return next(exchange).then((outcome) =>
        mayRepeat(outcome, exchange)
          ? new Retrial(policy, cluster, mayRepeat, next, exchange, runtime).run(outcome)
          : outcome,
      );
    };
  },
};

/** A service that has stopped retrying says so, lest every tier above it spend a budget of its own on the same failure. */
function forbidden(outcome: Outcome, { stats }: Cluster): boolean {
  if (outcome.kind === "reset" || outcome.header(noRetryHeader) === undefined) return false;
  stats.upstream_rq_retry_forbidden += 1;
  return true;
}

type RetryPermit = NonNullable<ReturnType<Cluster["ceilings"]["retry"]>>;

/** Carries an outcome through p-retry, which reacts to throws only. */
class WorthARetry extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super("the attempt failed and may be repeated");
    this.outcome = outcome;
  }
}

/** The attempts of one request after its first. */
class Retrial {
  readonly #policy: RetryPolicy;
  readonly #cluster: Cluster;
  readonly #mayRepeat: (outcome: Outcome, exchange: Exchange) => boolean;
  readonly #next: Service;
  readonly #exchange: Exchange;
  readonly #runtime: Runtime;
  /** What is added to the flags where the last failure stands. */
  #ending: ResponseFlag | undefined = "URX";
  /** The hold of the next attempt on the cluster's ceiling of retries. */
  #permit: RetryPermit | undefined;

  constructor(
    policy: RetryPolicy,
    cluster: Cluster,
    mayRepeat: (outcome: Outcome, exchange: Exchange) => boolean,
    next: Service,
    exchange: Exchange,
    runtime: Runtime,
  ) {
    this.#policy = policy;
    this.#cluster = cluster;
    this.#mayRepeat = mayRepeat;
    this.#next = next;
    this.#exchange = exchange;
    this.#runtime = runtime;
  }

  async run(first: Outcome): Promise<Outcome> {
    if (!(await this.#prepare(first, 1))) return this.#giveUp(first);
    try {
      return await pRetry(() => this.#attempt(), {
        retries: this.#policy.attempts - 1,
        // Envoy's back-off is drawn below, where p-retry would sleep a second and double it.
        minTimeout: 0,
        factor: 1,
        shouldRetry: ({ error, attemptNumber }) =>
          error instanceof WorthARetry && this.#prepare(error.outcome, attemptNumber + 1),
      });
    } catch (error) {
      if (error instanceof WorthARetry) return this.#giveUp(error.outcome);
      throw error;
    }
  }

  /** Throws an outcome that is worth a further one. */
  async #attempt(): Promise<Outcome> {
    const { stats } = this.#cluster;
    const permit = this.#permit;
    stats.upstream_rq_retry += 1;
    this.#runtime.logger.debug(() => this.#story());
    const outcome = await this.#next(this.#exchange);
    if (outcome.kind === "response" && permit !== undefined) outcome.body.onSettled(() => permit.release());
    else permit?.release();
    if (this.#mayRepeat(outcome, this.#exchange)) throw new WorthARetry(outcome);
    stats.upstream_rq_retry_success += 1;
    return outcome;
  }

  #story(): string {
    const { method, authority, path, attempts, upstream } = this.#exchange;
    const failed = upstream === undefined ? "nobody" : upstream.endpoint.id;
    return `intramesh: ${method} ${authority}${path} is tried again by ${this.#cluster.key}: attempt ${attempts} to ${failed} failed`;
  }

  /** Whether there is to be a retry, after it has waited its turn. `nth` counts retries from 1. */
  async #prepare(failed: Outcome, nth: number): Promise<boolean> {
    const exchange = this.#exchange;
    const waitMs = this.#waitMs(failed, nth);
    if (waitMs === undefined || !this.#affordable()) return false;
    if (failed.kind === "response") letGo(failed.body, this.#runtime.scheduler);
    this.#remember(exchange);
    await pause(exchange, waitMs, this.#runtime);
    if (exchange.aborted === undefined) return true;
    this.#permit?.release();
    return false;
  }

  /** Where the failed attempt went, for the pick of the next. */
  #remember(exchange: Exchange): void {
    if (exchange.upstream === undefined) return;
    const { id } = exchange.upstream.endpoint;
    if (this.#policy.ignorePreviousHosts) exchange.tried = [...exchange.tried, id];
    if (this.#policy.remoteLocalities) exchange.attempted = [...exchange.attempted, id];
  }

  #waitMs(failed: Outcome, nth: number): number | undefined {
    const { clock, random } = this.#runtime;
    const { stats } = this.#cluster;
    const roll = random();
    const asked = failed.kind === "response" ? askedWaitMs((name) => failed.header(name), clock.wallMs()) : undefined;
    const wait = retryWaitMs({
      backoffMs: backoffMs(nth, this.#policy.backoffMs, roll),
      askedMs: asked,
      remainingMs: Math.min(longestRestMs, this.#exchange.deadline - clock.now()),
      roll,
    });
    if (wait === undefined) this.#ending = undefined;
    if (asked !== undefined) {
      if (wait !== undefined) stats.upstream_rq_retry_backoff_ratelimited += 1;
      else this.#pushedBack();
    }
    return wait;
  }

  #pushedBack(): void {
    this.#cluster.stats.upstream_rq_retry_pushed_back += 1;
    this.#exchange.noRetry = true;
  }

  /** Under the cluster's ceiling and the policy's budget. */
  #affordable(): boolean {
    const cluster = this.#cluster;
    const now = this.#runtime.clock.now();
    if (cluster.guards.retryBudget?.withdraw(now) !== false) {
      if (!cluster.limited) return true;
      this.#permit = cluster.ceilings.retry(now);
      if (this.#permit !== undefined) return true;
    }
    cluster.stats.upstream_rq_retry_overflow += 1;
    this.#exchange.noRetry = true;
    this.#ending = "UO";
    return false;
  }

  #giveUp(last: Outcome): Outcome {
    const exchange = this.#exchange;
    if (exchange.aborted !== undefined) return interruptedOutcome(exchange.aborted);
    if (this.#ending !== undefined) exchange.flags = [...exchange.flags, this.#ending];
    if (this.#ending === "URX") this.#cluster.stats.upstream_rq_retry_limit_exceeded += 1;
    return last;
  }
}
