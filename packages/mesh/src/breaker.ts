import type { CircuitBreakerPolicy, Clock, Outcome, Scheduler } from "@intramesh/core";
import { breakerVerdict, createBreakerRules, opossumOptions } from "@intramesh/resilience";
import CircuitBreaker from "opossum";

export interface BreakerParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** The breaker opened, or closed again. */
  onChange(state: "open" | "closed"): void;
}

/** An error-rate breaker of one cluster: Hystrix's rules, opossum's states. */
export interface Breaker {
  readonly state: "closed" | "open" | "half-open";
  /** Runs an attempt; undefined where the breaker is open. */
  run(attempt: () => Promise<Outcome>): Promise<Outcome | undefined>;
  close(): void;
}

/** Carries the outcome of a bad probe through opossum, which reacts to throws. */
class Failed extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super("the attempt failed");
    this.outcome = outcome;
  }
}

export function createBreaker(policy: CircuitBreakerPolicy, { clock, scheduler, onChange }: BreakerParts): Breaker {
  const rules = createBreakerRules(policy);
  const circuit = new CircuitBreaker((attempt: () => Promise<Outcome>) => probe(attempt), opossumOptions(policy));
  circuit.on("open", () => onChange("open"));
  circuit.on("close", () => {
    rules.clear();
    onChange("closed");
  });
  if (policy.force === "OPEN") circuit.open();

  async function counted(attempt: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = await attempt();
    const verdict = breakerVerdict(outcome);
    // What was begun before the breaker opened says nothing new when it ends after that.
    if (verdict !== undefined && circuit.closed && rules.record(verdict, clock.now())) circuit.open();
    return outcome;
  }

  /** opossum closes for one that resolves. One that says nothing of the upstream does not close it. */
  async function probe(attempt: () => Promise<Outcome>): Promise<Outcome> {
    // opossum would wait for a probe that hangs for ever, and refuse everything meanwhile.
    const giveUp = scheduler.after(policy.resetTimeoutMs, () => circuit.open());
    const outcome = await attempt().finally(giveUp);
    if (breakerVerdict(outcome) !== "success") throw new Failed(outcome);
    return outcome;
  }

  return {
    get state() {
      if (policy.force === "OPEN") return "open";
      if (circuit.closed) return "closed";
      return circuit.halfOpen ? "half-open" : "open";
    },
    async run(attempt) {
      // An operator's word stands: no probe while it is forced open, no opening while it is forced closed.
      if (policy.force === "OPEN") return undefined;
      // While it is closed only the rules count: opossum is for the wait, and for the single probe after it.
      if (circuit.closed) return counted(attempt);
      try {
        return await circuit.fire(attempt);
      } catch (error) {
        if (error instanceof Failed) return error.outcome;
        if ((error as { readonly code?: unknown }).code === "EOPENBREAKER") return undefined;
        throw error;
      }
    },
    close: () => circuit.shutdown(),
  };
}
