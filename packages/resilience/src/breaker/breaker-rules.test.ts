import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CircuitBreakerPolicy, Outcome } from "@intramesh/core";
import { reset, response } from "../testing/outcomes.ts";
import { type BreakerRules, breakerVerdict, createBreakerRules, opossumOptions } from "./breaker-rules.ts";

const hystrix: CircuitBreakerPolicy = {
  errorThresholdPercentage: 50,
  volumeThreshold: 20,
  rollingWindowMs: 10_000,
  resetTimeoutMs: 5_000,
  timeoutMs: undefined,
  force: undefined,
};

/** `s` is a success, `f` a failure; positions at which the breaker has to open. */
function opensAt(rules: BreakerRules, calls: string, now: number = 0): readonly number[] {
  return [...calls].flatMap((call, at) => (rules.record(call === "f" ? "failure" : "success", now) ? [at] : []));
}

describe("a breaker opens", () => {
  const cases: readonly {
    readonly title: string;
    readonly calls: string;
    readonly parts?: Partial<CircuitBreakerPolicy>;
    readonly at: readonly number[];
  }[] = [
    { title: "not below 20 requests, though all fail", calls: "f".repeat(19), at: [] },
    { title: "at the twentieth, where all fail", calls: "f".repeat(20), at: [19] },
    { title: "at 50 % exactly", calls: "sf".repeat(10), at: [19] },
    { title: "not at 45 %", calls: "f".repeat(9) + "s".repeat(11), at: [] },
    { title: "on a success too, where that brings the volume", calls: `${"f".repeat(19)}s`, at: [19] },
    { title: "at a threshold of its own", calls: "sssf".repeat(5), parts: { errorThresholdPercentage: 25 }, at: [19] },
    { title: "from a volume of its own on", calls: "f", parts: { volumeThreshold: 0 }, at: [0] },
    { title: "never while it is forced closed", calls: "f".repeat(50), parts: { force: "CLOSED" }, at: [] },
  ];
  for (const { title, calls, parts, at } of cases) {
    it(title, () => {
      assert.deepEqual(opensAt(createBreakerRules({ ...hystrix, ...parts }), calls), at);
    });
  }

  it("on the failures of its window only", () => {
    const rules = createBreakerRules(hystrix);
    opensAt(rules, "f".repeat(19), 0);
    assert.deepEqual(opensAt(rules, "f", 10_000), []);
    assert.deepEqual(rules.health(10_000), { requests: 1, errorPercentage: 100 });
  });

  it("after a close on new failures only", () => {
    const rules = createBreakerRules(hystrix);
    opensAt(rules, "f".repeat(20));
    rules.clear();
    assert.deepEqual(rules.health(0), { requests: 0, errorPercentage: 0 });
    assert.deepEqual(opensAt(rules, "f".repeat(20)), [19]);
  });
});

describe("an outcome counts", () => {
  const cases: readonly { readonly outcome: Outcome; readonly words: string; readonly verdict: string | undefined }[] =
    [
      { outcome: response(200), words: "200", verdict: "success" },
      { outcome: response(404), words: "404", verdict: "success" },
      { outcome: response(429), words: "429", verdict: "success" },
      { outcome: response(500), words: "500", verdict: "failure" },
      { outcome: response(503), words: "503", verdict: "failure" },
      { outcome: response(200, { "grpc-status": "14" }), words: "gRPC UNAVAILABLE", verdict: "failure" },
      { outcome: response(200, { "grpc-status": "5" }), words: "gRPC NOT_FOUND", verdict: "success" },
      { outcome: response(503, {}, true), words: "the mesh's own 503", verdict: undefined },
      { outcome: reset("per try timeout"), words: "a timeout", verdict: "failure" },
      { outcome: reset("remote connection failure"), words: "a refused connection", verdict: "failure" },
      { outcome: reset("overflow"), words: "an overflow", verdict: undefined },
      { outcome: reset("caller gone"), words: "a caller that left", verdict: undefined },
    ];
  for (const { outcome, words, verdict } of cases) {
    it(`${words}: ${verdict ?? "neither way"}`, () => {
      assert.equal(breakerVerdict(outcome), verdict);
    });
  }
});

describe("opossum's options", () => {
  it("are new ones for each breaker", () => {
    assert.notEqual(opossumOptions(hystrix), opossumOptions(hystrix));
  });

  it("leave the decision to the rules, and the time before the probe to opossum", () => {
    const options = opossumOptions({ ...hystrix, resetTimeoutMs: 700 });
    assert.equal(options.resetTimeout, 700);
    assert.equal(options.timeout, false);
    assert.ok(options.volumeThreshold > 1e15);
  });
});
