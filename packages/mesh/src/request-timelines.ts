import type { Clock, Exchange, Outcome, RequestTrace, TracedAttempt } from "@intramesh/core";
import { withoutSecrets } from "@intramesh/telemetry";
import { createRing } from "./ring.ts";

/** One attempt; times in ms since the request was received. */
export interface TimedAttempt {
  readonly number: number;
  /** `address:port`; null where the request went to its original destination. */
  readonly endpoint: string | null;
  readonly sentMs: number;
  /** From the decision, or the end of the attempt before, to sending: delays injected, back-off, names looked up, a place waited for. */
  readonly waitedMs: number;
  /**
   * When it went out on a connection: what lies since `sentMs` is the opening of one, name and TLS included, or the wait for
   * one that is free. Null before, and where hedges wait for connections at the same time.
   */
  readonly connectedMs: number | null;
  /** When the head of the response came or the attempt failed, connecting included; null while it runs. */
  readonly headMs: number | null;
  /** Status, or Envoy's reason of a reset; null while it runs. */
  readonly result: number | string | null;
}

/** A request with the times of its stages, in ms since it was received. */
export interface TimedRequest {
  /** When it was received, ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly requestId: string | null;
  readonly cluster: string;
  /** When its route was known: later than at once while the first configuration is awaited. */
  readonly decidedMs: number;
  readonly attempts: readonly TimedAttempt[];
  /** When the head of the answer was there; null before. */
  readonly headMs: number | null;
  /** When its body had ended; while it runs, its age. */
  readonly endMs: number;
  /** Null without an answer. */
  readonly status: number | null;
  /** `-`, or Envoy's codes. */
  readonly flags: string;
}

/** What the admin port knows of the times of outbound requests. */
export interface RequestTimelines {
  /** Follows a request from its decision on. `cluster` is Envoy's name. */
  begin(exchange: Exchange, cluster: string): Timeline;
  /** Those that run, the oldest first. */
  running(): readonly TimedRequest[];
  /** Those that took `thresholdMs` or longer: the slowest, the slowest first, and the latest, the latest first. */
  slow(): {
    readonly thresholdMs: number;
    readonly slowest: readonly TimedRequest[];
    readonly latest: readonly TimedRequest[];
  };
}

/** Requests that are kept of each. */
const keptSlowest = 50;
const keptLatest = 100;

/** Keeps the timelines of requests that took `thresholdMs` or longer. */
export function createRequestTimelines(clock: Clock, thresholdMs: number): RequestTimelines {
  const running = new Set<Timeline>();
  const latest = createRing<TimedRequest>(keptLatest);
  let slowest: readonly TimedRequest[] = [];

  function finish(timeline: Timeline): void {
    running.delete(timeline);
    if (timeline.ageMs() < thresholdMs) return;
    const timed = timeline.describe();
    latest.push(timed);
    slowest = [...slowest, timed].sort((one, other) => other.endMs - one.endMs).slice(0, keptSlowest);
  }

  return {
    begin(exchange, cluster) {
      const timeline = new Timeline(exchange, cluster, clock, finish);
      running.add(timeline);
      return timeline;
    },
    running: () => [...running].map((timeline) => timeline.describe()),
    slow: () => ({ thresholdMs, slowest, latest: latest.items().reverse() }),
  };
}

type OpenAttempt = { -readonly [Key in keyof TimedAttempt]: TimedAttempt[Key] };

/** Follows one request; stands before the span that hears of its attempts, where there is one. */
export class Timeline implements RequestTrace {
  readonly #exchange: Exchange;
  readonly #inner: RequestTrace | undefined;
  readonly #cluster: string;
  readonly #clock: Clock;
  readonly #finish: (timeline: Timeline) => void;
  readonly #decidedMs: number;
  /** As it was called: stages rewrite the exchange. */
  readonly #url: string;
  readonly #attempts: OpenAttempt[] = [];
  #headMs: number | undefined;
  #status: number | undefined;

  constructor(exchange: Exchange, cluster: string, clock: Clock, finish: (timeline: Timeline) => void) {
    this.#exchange = exchange;
    this.#inner = exchange.trace;
    this.#cluster = cluster;
    this.#clock = clock;
    this.#finish = finish;
    this.#url = `${exchange.scheme}://${exchange.authority}${exchange.path}`;
    this.#decidedMs = this.ageMs();
  }

  /** Since the request was received. */
  ageMs(): number {
    return this.#clock.now() - this.#exchange.startedAt;
  }

  attemptSent(): number {
    const number = this.#inner?.attemptSent() ?? this.#attempts.length + 1;
    const sentMs = this.ageMs();
    const waitedMs = sentMs - (this.#attempts.at(-1)?.headMs ?? this.#decidedMs);
    // Only pick-endpoint sets it, right before; hedges know theirs when they end.
    const endpoint = this.#exchange.upstream?.endpoint.id ?? null;
    this.#attempts.push({ number, endpoint, sentMs, waitedMs, connectedMs: null, headMs: null, result: null });
    return number;
  }

  attemptConnected(): void {
    const [waiting, another] = this.#attempts.filter(
      ({ connectedMs, headMs }) => connectedMs === null && headMs === null,
    );
    if (waiting !== undefined && another === undefined) waiting.connectedMs = this.ageMs();
  }

  attemptEnded(attempt: TracedAttempt): void {
    this.#inner?.attemptEnded(attempt);
    const open = this.#attempts.find(({ number }) => number === attempt.number);
    if (open === undefined) return;
    open.headMs = this.ageMs();
    open.endpoint = attempt.upstream?.endpoint.id ?? null;
    open.result = attempt.outcome.kind === "response" ? attempt.outcome.status : attempt.outcome.reason;
  }

  /** The answer is there; its body may still flow. */
  answered(outcome: Outcome): void {
    this.#headMs = this.ageMs();
    if (outcome.kind === "response") this.#status = outcome.status;
  }

  ended(): void {
    this.#finish(this);
  }

  describe(): TimedRequest {
    const { method, headers, flags } = this.#exchange;
    const ageMs = this.ageMs();
    return {
      at: new Date(this.#clock.wallMs() - ageMs).toISOString(),
      method,
      url: withoutSecrets(this.#url),
      requestId: headers.get("x-request-id") ?? null,
      cluster: this.#cluster,
      decidedMs: rounded(this.#decidedMs),
      attempts: this.#attempts.map((attempt) => ({
        ...attempt,
        sentMs: rounded(attempt.sentMs),
        waitedMs: rounded(attempt.waitedMs),
        connectedMs: roundedOrNull(attempt.connectedMs),
        headMs: roundedOrNull(attempt.headMs),
      })),
      headMs: roundedOrNull(this.#headMs ?? null),
      endMs: rounded(ageMs),
      status: this.#status ?? null,
      flags: flags.length === 0 ? "-" : flags.join(","),
    };
  }
}

function roundedOrNull(ms: number | null): number | null {
  return ms === null ? null : rounded(ms);
}

/** To hundredths of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
