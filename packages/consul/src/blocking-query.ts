import type { Cancel, Clock, Random, Scheduler } from "@intramesh/core";
import { type BlockingPosition, type ConsulAnswer, type ConsulCall, reasonOf, statusOf } from "./consul-client.ts";
import type { Slots } from "./slots.ts";

/** How long Consul holds a query that has nothing new: a connection that broke silently is noticed soon after it. */
const waitSeconds = 30;

/** While queries stand in line for a place, each gives its place up after this. */
const crowdedWaitSeconds = 2;

/** Consul adds up to a sixteenth to `wait`; the rest is for the way, and for an election while it answers. */
const marginMs = 10_000;

/** Between two queries: one that is answered at once, again and again, must not load Consul or this process. */
const shortestPauseMs = 100;

/** Where answers come at once and say nothing new, the pause doubles up to this. */
const longestPauseMs = 1_000;

/** Where an answer has no index to wait with, a proxy's for one, it is asked for again after this. */
const pollMs = 5_000;

const firstBackoffMs = 100;
const longestBackoffMs = 5_000;

/** Of a pause: processes that were woken by the same change do not come back at the same moment. */
const jitter = 0.2;

/** A server that has not heard of its leader for longer, under stale reads, may say what is long past. */
const longestLastContactMs = 10_000;

/** What an answer says beside its body. */
export interface AnswerFacts {
  /** The index is lower than before: this is another history, and may lack what is only not registered again yet. */
  readonly wentBack: boolean;
}

export interface BlockingQueryParts {
  ask(at: BlockingPosition): ConsulCall<ConsulAnswer>;
  /** Takes an answer that can be trusted; true where it says something new. Throws an Error where it is none of Consul's. */
  onAnswer(body: unknown, facts: AnswerFacts): boolean;
  /** A call failed; `inRow` counts from 1. It is tried again in any case. */
  onFailure(failure: { readonly reason: string; readonly status: number | undefined; readonly inRow: number }): void;
  /** The first good answer after failures. */
  onRecovered(): void;
  readonly slots: Slots;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** A question that is asked again whenever its answer changes. */
export interface BlockingQuery {
  close(): void;
}

/**
 * Follows one thing in Consul until it is closed; no answer and no failure ends it. It is the package's `watch()` without
 * its traps: pauses and jitter, no end at a 400 or a missing index, and the index is forgotten with each failure, since
 * an agent that has lost its past would hold a query for an index that is still to come.
 */
export function startBlockingQuery(parts: BlockingQueryParts): BlockingQuery {
  const { slots, clock, scheduler, random } = parts;
  let known: bigint | undefined;
  let canBlock = false;
  let failures = 0;
  let pauseMs = shortestPauseMs;
  let isClosed = false;
  let giveUp: Cancel = () => {};

  function ask(): void {
    let leave: Cancel = () => {};
    giveUp = () => leave();
    leave = slots.take(() => void run(() => leave()));
  }

  async function run(leave: Cancel): Promise<void> {
    const startedAt = clock.now();
    const wait = slots.isCrowded ? crowdedWaitSeconds : waitSeconds;
    const call = parts.ask({ index: canBlock ? known : undefined, waitSeconds: wait });
    const cancelDeadline = scheduler.after(wait * 1_000 * (1 + 1 / 16) + marginMs, () => call.cancel());
    giveUp = () => {
      cancelDeadline();
      call.cancel();
    };
    let nextMs: number;
    try {
      const answer = await call.answer;
      if (isClosed) return;
      nextMs = take(answer, clock.now() - startedAt);
    } catch (error) {
      if (isClosed) return;
      nextMs = fail(error);
    } finally {
      cancelDeadline();
      leave();
    }
    giveUp = scheduler.after(nextMs, ask);
  }

  /** The time until the next question. Throws where the answer cannot be trusted. */
  function take({ body, index, knownLeader, lastContactMs }: ConsulAnswer, tookMs: number): number {
    if (!knownLeader) throw new Error("who answers knows of no leader of the cluster");
    if (lastContactMs > longestLastContactMs) {
      throw new Error(`who answers has not heard of the cluster's leader for ${lastContactMs} ms`);
    }
    const wentBack = index !== undefined && known !== undefined && index < known;
    const isNew = parts.onAnswer(body, { wentBack });
    if (failures > 0) parts.onRecovered();
    failures = 0;
    known = index ?? known;
    canBlock = index !== undefined && !wentBack;
    pauseMs = isNew || tookMs > longestPauseMs ? shortestPauseMs : Math.min(longestPauseMs, pauseMs * 2);
    const wanted = (index === undefined ? pollMs : pauseMs) * (1 + jitter * random());
    return Math.max(0, wanted - tookMs);
  }

  function fail(error: unknown): number {
    failures += 1;
    canBlock = false;
    parts.onFailure({ reason: reasonOf(error), status: statusOf(error), inRow: failures });
    return firstBackoffMs / 2 + random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** failures);
  }

  ask();
  return {
    close() {
      isClosed = true;
      giveUp();
    },
  };
}
