import type { AdaptiveConcurrencyPolicy, MonotonicMs } from "@intramesh/core";
import { createMovingAverage } from "./moving-average.ts";

/** A ceiling on requests at once that sinks while they get slower than they used to be, and rises while they do not. */
export interface GradientLimit {
  /** How many may be on their way now. */
  readonly limit: number;
  readonly inFlight: number;
  /** Requests that were refused so far. */
  readonly refused: number;
  /** Takes other bounds over. */
  update(policy: AdaptiveConcurrencyPolicy): void;
  /** Undefined: refused. */
  enter(now: MonotonicMs): AdaptivePermit | undefined;
}

/** One request under the limit. One of the two is called, once; later calls do nothing. */
export interface AdaptivePermit {
  /** The request took its time, well or badly, a timeout included: its duration counts. */
  done(now: MonotonicMs): void;
  /** The request says nothing of the upstream's speed: it was refused here, or its caller left. */
  ignore(): void;
}

/* Figures of Netflix's concurrency-limits: Gradient2Limit and the WindowedLimit around it. */
const smoothing = 0.2;
/** How much slower than usual is no queue yet. */
const tolerance = 1.5;
/** Requests that may queue at the upstream without being taken for overload. */
const queueSize = 4;
const longWindow = 600;
const warmUp = 10;
/** The usual is brought down by a step where it is this much slower than now: the load has gone. */
const staleRatio = 2;
const staleFactor = 0.95;
/** The limit never falls by more than half at once. */
const minGradient = 0.5;
/** A window closes after this many milliseconds and samples. */
const windowMs = 1_000;
const windowSamples = 10;
/** Shorter than any call to an upstream. */
const minSampleMs = 0.1;

/** Starts at the policy's initial limit. */
export function createGradientLimit(policy: AdaptiveConcurrencyPolicy): GradientLimit {
  return new Gradient2(policy);
}

class Gradient2 implements GradientLimit {
  #policy: AdaptiveConcurrencyPolicy;
  #estimate: number;
  readonly #usualMs = createMovingAverage(longWindow, warmUp);
  #inFlight = 0;
  #refused = 0;
  #sumMs = 0;
  #samples = 0;
  #maxInFlight = 0;
  #closesAt: MonotonicMs = Number.NEGATIVE_INFINITY;

  constructor(policy: AdaptiveConcurrencyPolicy) {
    this.#policy = policy;
    this.#estimate = policy.initial;
  }

  get limit(): number {
    return Math.floor(this.#estimate);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get refused(): number {
    return this.#refused;
  }

  update(policy: AdaptiveConcurrencyPolicy): void {
    this.#policy = policy;
    this.#estimate = this.#bounded(this.#estimate);
  }

  enter(now: MonotonicMs): AdaptivePermit | undefined {
    if (this.#inFlight >= this.limit) {
      this.#refused += 1;
      return undefined;
    }
    this.#inFlight += 1;
    const inFlight = this.#inFlight;
    let held = true;
    const release = (): boolean => {
      if (!held) return false;
      held = false;
      this.#inFlight -= 1;
      return true;
    };
    return {
      done: (end) => {
        if (release()) this.#sample(end - now, inFlight, end);
      },
      ignore: () => {
        release();
      },
    };
  }

  #sample(durationMs: number, inFlight: number, now: MonotonicMs): void {
    if (durationMs < minSampleMs) return;
    if (this.#samples === 0 && this.#closesAt === Number.NEGATIVE_INFINITY) this.#closesAt = now + windowMs;
    this.#sumMs += durationMs;
    this.#samples += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, inFlight);
    if (now < this.#closesAt || this.#samples < windowSamples) return;
    this.#adjust(this.#sumMs / this.#samples, this.#maxInFlight);
    this.#closesAt = now + windowMs;
    this.#sumMs = 0;
    this.#samples = 0;
    this.#maxInFlight = 0;
  }

  #adjust(nowMs: number, inFlight: number): void {
    this.#usualMs.add(nowMs);
    const usualMs = this.#usualMs.value;
    if (usualMs / nowMs > staleRatio) this.#usualMs.scale(staleFactor);
    // A limit that is not made use of says nothing about where it should be.
    if (inFlight < this.#estimate / 2) return;
    const gradient = Math.max(minGradient, Math.min(1, (tolerance * usualMs) / nowMs));
    const wanted = this.#estimate * gradient + queueSize;
    this.#estimate = this.#bounded(this.#estimate * (1 - smoothing) + wanted * smoothing);
  }

  #bounded(estimate: number): number {
    return Math.max(this.#policy.min, Math.min(this.#policy.max, estimate));
  }
}
