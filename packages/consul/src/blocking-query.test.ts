import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FakeClock } from "@intramesh/testing";
import { startBlockingQuery } from "./blocking-query.ts";
import type { BlockingPosition, ConsulAnswer } from "./consul-client.ts";
import { createSlots } from "./slots.ts";

/** A question that a test answers. */
class FakeConsul {
  readonly clock: FakeClock = new FakeClock();
  readonly asked: BlockingPosition[] = [];
  readonly taken: { readonly body: unknown; readonly wentBack: boolean }[] = [];
  readonly failures: string[] = [];
  recovered = 0;
  cancelled = 0;
  #answer: (answer: ConsulAnswer) => void = () => {};
  #fail: (error: Error) => void = () => {};
  readonly query: { close(): void };

  constructor(slots: ReturnType<typeof createSlots> = createSlots(1)) {
    this.query = startBlockingQuery({
      ask: (at) => {
        this.asked.push(at);
        const answer = new Promise<ConsulAnswer>((resolve, reject) => {
          this.#answer = resolve;
          this.#fail = reject;
        });
        const cancel = (): void => {
          this.cancelled += 1;
          this.#fail(new Error("request aborted"));
        };
        return { answer, cancel };
      },
      onAnswer: (body, { wentBack }) => {
        if (body === "not ours") throw new Error("something else answers");
        const isNew = body !== this.taken.at(-1)?.body;
        this.taken.push({ body, wentBack });
        return isNew;
      },
      onFailure: ({ reason, inRow }) => this.failures.push(`${inRow} ${reason}`),
      onRecovered: () => {
        this.recovered += 1;
      },
      slots,
      clock: this.clock,
      scheduler: this.clock,
      random: () => 0.5,
    });
  }

  async answer(body: unknown, index: bigint | undefined, more: Partial<ConsulAnswer> = {}): Promise<void> {
    this.#answer({ body, index, knownLeader: true, lastContactMs: 0, ...more });
    await settled();
  }

  async fail(message: string): Promise<void> {
    this.#fail(new Error(message));
    await settled();
  }

  /** Lets time pass until the next question; how long that took, ms. */
  untilAsked(): number {
    const startedAt = this.clock.now();
    const before = this.asked.length;
    while (this.asked.length === before)
      this.clock.advance(this.clock.untilNextMs ?? assert.fail("nothing is planned"));
    return this.clock.now() - startedAt;
  }
}

/** Promises that are settled have called back. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("a blocking query", () => {
  it("asks for what there is, then for what comes after it", async () => {
    const consul = new FakeConsul();
    await consul.answer("a", 7n);
    consul.untilAsked();
    assert.deepEqual(
      consul.asked.map(({ index }) => index),
      [undefined, 7n],
    );
    assert.equal(consul.asked[1]!.waitSeconds, 30);
    assert.deepEqual(consul.taken, [{ body: "a", wentBack: false }]);
  });

  it("asks at most ten times a second while the answer changes, and once a second while it says the same", async () => {
    const consul = new FakeConsul();
    const pauses: number[] = [];
    for (let index = 1n; index <= 8n; index += 1n) {
      await consul.answer(index <= 3n ? `news ${index}` : "the same", index);
      pauses.push(consul.untilAsked());
    }
    // With half of the jitter of a fifth.
    assert.deepEqual(pauses.map(Math.round), [110, 110, 110, 110, 220, 440, 880, 1_100]);
  });

  it("asks again at once where Consul held the query", async () => {
    const consul = new FakeConsul();
    await consul.answer("a", 1n);
    consul.untilAsked();
    consul.clock.advance(20_000);
    await consul.answer("b", 2n);
    assert.equal(consul.untilAsked(), 0);
  });

  it("goes on by looking every five seconds where an answer has no index", async () => {
    const consul = new FakeConsul();
    await consul.answer("a", undefined);
    assert.equal(consul.untilAsked(), 5_500);
    assert.equal(consul.asked.at(-1)!.index, undefined);
  });

  it("says that the index went back, and starts over", async () => {
    const consul = new FakeConsul();
    await consul.answer("a", 100n);
    consul.untilAsked();
    await consul.answer("b", 3n);
    assert.deepEqual(consul.taken.at(-1), { body: "b", wentBack: true });
    consul.untilAsked();
    assert.equal(consul.asked.at(-1)!.index, undefined);
    await consul.answer("b", 3n);
    assert.equal(consul.taken.at(-1)!.wentBack, false);
  });

  it("never ends, whatever fails, and does not wait for an index that may be of another history", async () => {
    const consul = new FakeConsul();
    await consul.answer("a", 100n);
    consul.untilAsked();
    const pauses: number[] = [];
    for (let failure = 1; failure <= 8; failure += 1) {
      await consul.fail("400 no");
      pauses.push(consul.untilAsked());
    }
    assert.deepEqual(pauses.map(Math.round), [150, 250, 450, 850, 1_650, 2_550, 2_550, 2_550]);
    assert.equal(consul.failures.at(-1), "8 400 no");
    assert.equal(consul.asked.at(-1)!.index, undefined);
    await consul.answer("b", 2n);
    assert.deepEqual(consul.taken.at(-1), { body: "b", wentBack: true });
    assert.equal(consul.recovered, 1);
  });

  it("does not believe who knows of no leader, has long not heard of it, or is not Consul", async () => {
    const consul = new FakeConsul();
    await consul.answer("a", 1n, { knownLeader: false });
    consul.untilAsked();
    await consul.answer("a", 1n, { lastContactMs: 60_000 });
    consul.untilAsked();
    await consul.answer("not ours", 1n);
    assert.deepEqual(consul.taken, []);
    assert.deepEqual(consul.failures, [
      "1 who answers knows of no leader of the cluster",
      "2 who answers has not heard of the cluster's leader for 60000 ms",
      "3 something else answers",
    ]);
  });

  it("gives a query up that is not answered, well after Consul should have", async () => {
    const consul = new FakeConsul();
    consul.clock.advance(41_874);
    assert.equal(consul.cancelled, 0);
    consul.clock.advance(1);
    await settled();
    assert.equal(consul.cancelled, 1);
    assert.deepEqual(consul.failures, ["1 request aborted"]);
  });

  it("takes turns with others where places are few", async () => {
    const slots = createSlots(1);
    const first = new FakeConsul(slots);
    const second = new FakeConsul(slots);
    assert.equal(second.asked.length, 0);
    await first.answer("a", 1n);
    assert.equal(second.asked.length, 1);
    // Its pause is over and the only place is taken: it stands in line.
    first.clock.advance(1_000);
    assert.equal(first.asked.length, 1);
    await second.answer("a", 1n);
    assert.deepEqual(first.asked.at(-1), { index: 1n, waitSeconds: 30 });
    second.clock.advance(1_000);
    await first.answer("b", 2n);
    first.clock.advance(1_000);
    await second.answer("b", 2n);
    second.clock.advance(1_000);
    assert.equal(second.asked.length, 2);
  });

  it("leaves nothing behind when it is closed", async () => {
    const consul = new FakeConsul();
    consul.query.close();
    await settled();
    assert.equal(consul.cancelled, 1);
    assert.equal(consul.clock.pending, 0);
    assert.deepEqual(consul.failures, []);
  });
});
