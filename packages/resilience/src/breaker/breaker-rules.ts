import type { CircuitBreakerPolicy, MonotonicMs, Outcome } from "@intramesh/core";
import { compileVerdicts } from "../outlier/host-verdict.ts";
import { createRollingWindow } from "../window/rolling-window.ts";

/** How an outcome counts for a breaker. */
export type BreakerVerdict = "success" | "failure";

const verdictOf = compileVerdicts({ httpErrorCodes: undefined });

/**
 * A failure is a 5xx, a gRPC status that stands for one, and every attempt without a response. Undefined counts
 * neither way: what the mesh refused itself, and callers that left.
 */
export function breakerVerdict(outcome: Outcome): BreakerVerdict | undefined {
  const verdict = verdictOf(outcome);
  if (verdict === undefined) return undefined;
  return typeof verdict === "number" && (verdict < 500 || verdict > 599) ? "success" : "failure";
}

/** When a breaker opens. Half-open and the probe are the breaker's own matter. */
export interface BreakerRules {
  /** Counts an attempt; true where the breaker has to open now. Forced closed, it never has to. */
  record(verdict: BreakerVerdict, now: MonotonicMs): boolean;
  /** The breaker has closed: what was before counts no more. */
  clear(): void;
  /** What the window holds. */
  health(now: MonotonicMs): { readonly requests: number; readonly errorPercentage: number };
}

const buckets = 10;
const all = 0;
const failed = 1;

/** Hystrix's health counts: opens at the threshold and above, from `volumeThreshold` requests in the window on. */
export function createBreakerRules(policy: CircuitBreakerPolicy): BreakerRules {
  const { errorThresholdPercentage, volumeThreshold, rollingWindowMs, force } = policy;
  const window = createRollingWindow({ windowMs: rollingWindowMs, buckets, counters: 2 });
  return {
    record(verdict, now) {
      window.add(all, 1, now);
      if (verdict === "failure") window.add(failed, 1, now);
      const requests = window.sum(all, now);
      if (force === "CLOSED" || requests < volumeThreshold) return false;
      return window.sum(failed, now) * 100 >= errorThresholdPercentage * requests;
    },
    clear: () => window.clear(),
    health(now) {
      const requests = window.sum(all, now);
      return { requests, errorPercentage: requests === 0 ? 0 : (100 * window.sum(failed, now)) / requests };
    },
  };
}

/** Options that leave to opossum what it is good at: the states, the wait before the probe, and the single probe. */
export interface OpossumOptions {
  timeout: false;
  errorThresholdPercentage: number;
  volumeThreshold: number;
  resetTimeout: number;
  rollingCountTimeout: number;
  rollingCountBuckets: number;
  rollingPercentilesEnabled: false;
  enableSnapshots: false;
}

/**
 * A new object for each breaker, because opossum keeps state in it. Its own statistics never open: they start late
 * (`volumeThreshold`), compare with `>` and outlive a close; BreakerRules decides and calls `open()`. No timeout: it
 * would end the call's permit while the call goes on.
 */
export function opossumOptions({ resetTimeoutMs, rollingWindowMs }: CircuitBreakerPolicy): OpossumOptions {
  return {
    timeout: false,
    errorThresholdPercentage: 100,
    volumeThreshold: Number.MAX_SAFE_INTEGER,
    resetTimeout: resetTimeoutMs,
    rollingCountTimeout: rollingWindowMs,
    rollingCountBuckets: buckets,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
  };
}
