import type { AbortReason, Exchange, HedgingPolicy, Outcome, Service } from "@intramesh/core";
import { isHedgeable, type RetryBudget, takeHedge } from "@intramesh/resilience";
import { abortExchange, forkExchange, type HttpExchange } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";
import type { Cluster } from "../cluster.ts";
import { letGo } from "../let-go.ts";

/** A ResiliencePolicy's `hedging`: a second try beside a slow first one; the first good answer wins, the others end. */
export const hedge: Stage = {
  role: "hedge",
  filter: ({ goal }, runtime) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    const { hedgeBudget: budget, policy } = cluster.guards;
    if (budget === undefined || policy?.hedging === undefined) return undefined;
    const { hedging } = policy;
    return (next) => (exchange) => {
      budget.deposit(runtime.clock.now());
      if (!isHedgeable({ method: exchange.method, copyable: exchange.body.copyable() })) return next(exchange);
      return new Race(exchange, next, { hedging, budget, cluster, runtime }).run();
    };
  },
};

interface RaceParts {
  readonly hedging: HedgingPolicy;
  readonly budget: RetryBudget;
  readonly cluster: Cluster;
  readonly runtime: Runtime;
}

/** The tries of one attempt. Each runs on an exchange of its own; the request's exchange stands for all of them. */
class Race {
  readonly #exchange: Exchange;
  readonly #next: Service;
  readonly #parts: RaceParts;
  readonly #running = new Set<HttpExchange>();
  #hedges = 0;
  #stop: () => void = () => {};
  #finish: (outcome: Outcome) => void = () => {};

  constructor(exchange: Exchange, next: Service, parts: RaceParts) {
    this.#exchange = exchange;
    this.#next = next;
    this.#parts = parts;
  }

  run(): Promise<Outcome> {
    const finished = new Promise<Outcome>((resolve) => {
      this.#finish = resolve;
    });
    this.#exchange.cancel = (reason) => this.#abort(reason);
    this.#try();
    return finished;
  }

  #try(): void {
    const fork = forkExchange(this.#exchange);
    fork.attempts = this.#exchange.attempts + this.#hedges;
    this.#running.add(fork);
    this.#hedgeLater();
    void this.#next(fork).then((outcome) => this.#ended(fork, outcome));
  }

  #hedgeLater(): void {
    const { hedging, budget, cluster, runtime } = this.#parts;
    this.#stop();
    this.#stop = runtime.scheduler.after(hedging.delayMs, () => {
      const { method, body, aborted } = this.#exchange;
      const request = { method, copyable: body.copyable(), hedges: this.#hedges };
      if (aborted !== undefined || !takeHedge(request, hedging, budget, runtime.clock.now())) return;
      this.#hedges += 1;
      cluster.stats.upstream_rq_hedged += 1;
      this.#exchange.tried = [...this.#exchange.tried, ...this.#triedNow()];
      this.#try();
    });
  }

  #triedNow(): string[] {
    return [...this.#running].flatMap(({ upstream }) => (upstream === undefined ? [] : [upstream.endpoint.id]));
  }

  #ended(fork: HttpExchange, outcome: Outcome): void {
    if (!this.#running.delete(fork)) {
      if (outcome.kind === "response") outcome.body.abort(new Error("another try was faster"));
      return;
    }
    const good = outcome.kind === "response" && outcome.status < 500;
    if (!good && this.#running.size > 0) {
      if (outcome.kind === "response") letGo(outcome.body, this.#parts.runtime.scheduler);
      return;
    }
    this.#stop();
    this.#dropOthers();
    const exchange = this.#exchange;
    exchange.upstream = fork.upstream;
    exchange.attempts = Math.max(fork.attempts, exchange.attempts + this.#hedges + 1);
    exchange.flags = [...exchange.flags, ...fork.flags];
    exchange.cancel = (reason) => abortExchange(fork, reason);
    this.#finish(outcome);
  }

  #dropOthers(): void {
    const others = [...this.#running];
    this.#running.clear();
    for (const fork of others) abortExchange(fork, { kind: "caller", cause: new Error("another try was faster") });
  }

  /** The request itself is ended: its tries end with it, and the last of them says how. */
  #abort(reason: AbortReason): void {
    this.#stop();
    for (const fork of [...this.#running]) abortExchange(fork, reason);
  }
}
