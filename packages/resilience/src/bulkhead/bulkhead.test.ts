import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Place } from "../ceilings/place.ts";
import { createBulkhead } from "./bulkhead.ts";

const ignore = (): void => undefined;

describe("a bulkhead", () => {
  it("lets so many in, queues so many, refuses the rest", () => {
    const bulkhead = createBulkhead({ maxConcurrent: 2, maxQueue: 1 });
    const places = [1, 2, 3, 4].map(() => bulkhead.enter(ignore));
    assert.deepEqual(
      places.map((place) => place?.waiting),
      [false, false, true, undefined],
    );
    assert.deepEqual([bulkhead.active, bulkhead.queued, bulkhead.refused], [2, 1, 1]);
  });

  it("starts those who wait in the order of their coming", () => {
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 5 });
    const started: string[] = [];
    const first = bulkhead.enter(ignore);
    const second = bulkhead.enter(() => started.push("second"));
    bulkhead.enter(() => started.push("third"));
    first?.leave();
    second?.leave();
    assert.deepEqual(started, ["second", "third"]);
  });

  it("lets nobody overtake who comes while they start", () => {
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 5 });
    const started: string[] = [];
    bulkhead.enter(ignore);
    bulkhead.enter(() => {
      started.push("second");
      if (bulkhead.enter(() => started.push("late"))?.waiting === false) started.push("late");
    });
    bulkhead.enter(() => started.push("third"));
    bulkhead.update({ maxConcurrent: 4, maxQueue: 5 });
    assert.deepEqual(started, ["second", "third", "late"]);
  });

  it("keeps a place until it is left, and frees it once", () => {
    const bulkhead = createBulkhead({ maxConcurrent: 2, maxQueue: 0 });
    const place = bulkhead.enter(ignore);
    bulkhead.enter(ignore);
    assert.equal(bulkhead.enter(ignore), undefined);
    place?.leave();
    place?.leave();
    assert.equal(bulkhead.active, 1);
  });

  it("never starts one that left while it waited", () => {
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 1 });
    const first = bulkhead.enter(ignore);
    bulkhead.enter(() => assert.fail("it started"))?.leave();
    first?.leave();
    assert.deepEqual([bulkhead.active, bulkhead.queued], [0, 0]);
  });

  it("follows a new policy at once", () => {
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 2 });
    let started = 0;
    for (let at = 0; at < 3; at++) bulkhead.enter(() => (started += 1));
    bulkhead.update({ maxConcurrent: 3, maxQueue: 0 });
    assert.deepEqual([started, bulkhead.active, bulkhead.queued], [2, 3, 0]);
  });

  it("never leaks and never holds more than it may, whatever comes in whatever order", () => {
    const limits = fc.record({ maxConcurrent: fc.integer({ min: 1, max: 4 }), maxQueue: fc.nat(3) });
    const step = fc.oneof(fc.constant(-1), fc.nat(30));
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 80 }), (limit, steps) => {
        const bulkhead = createBulkhead(limit);
        const places: Place[] = [];
        for (const at of steps) {
          const place = at < 0 ? bulkhead.enter(ignore) : undefined;
          if (place !== undefined) places.push(place);
          if (at >= 0) places[at]?.leave();
          assert.ok(bulkhead.active <= limit.maxConcurrent && bulkhead.queued <= limit.maxQueue);
          assert.ok(bulkhead.queued === 0 || bulkhead.active === limit.maxConcurrent, "somebody waits for nobody");
        }
        for (const place of places) place.leave();
        assert.deepEqual([bulkhead.active, bulkhead.queued], [0, 0]);
      }),
    );
  });
});
