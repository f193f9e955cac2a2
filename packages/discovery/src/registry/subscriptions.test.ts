import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "@intramesh/testing";
import { Subscriptions } from "./subscriptions.ts";

test("a term is asked for once, and pending until its instances have come", async () => {
  const subscriptions = new Subscriptions(new FakeClock());
  assert.equal(subscriptions.add("reviews.default"), true);
  assert.equal(subscriptions.add("reviews.default"), false);
  assert.deepEqual(subscriptions.unasked(), ["reviews.default"]);
  assert.deepEqual(subscriptions.unasked(), []);
  const pending = subscriptions.pending("reviews.default");
  subscriptions.arrived(new Set(["reviews.default"]));
  await pending;
  assert.equal(subscriptions.pending("reviews.default"), undefined);
});

test("a whole state is opened with everything, one that resumes with what is here", () => {
  const subscriptions = new Subscriptions(new FakeClock());
  subscriptions.add("a.default");
  subscriptions.add("b.default");
  assert.deepEqual(subscriptions.opening(undefined), ["a.default", "b.default"]);
  assert.deepEqual(subscriptions.unasked(), []);
  assert.deepEqual(subscriptions.opening(new Set(["a.default"])), ["a.default"]);
  assert.deepEqual(subscriptions.unasked(), ["b.default"]);
});

test("what was inherited is handed on for ten minutes, and longer where it is called", () => {
  const clock = new FakeClock();
  const subscriptions = new Subscriptions(clock);
  subscriptions.inherit(["idle.default", "used.default"]);
  subscriptions.add("used.default");
  assert.deepEqual(subscriptions.worthKeeping(), ["idle.default", "used.default"]);
  clock.advance(600_000);
  assert.deepEqual(subscriptions.worthKeeping(), ["used.default"]);
});

test("a list that outgrows a request's head is everybody", async () => {
  const subscriptions = new Subscriptions(new FakeClock());
  for (let index = 0; index < 3_000; index++) subscriptions.add(`a-service-called-${index}.default`);
  const pending = subscriptions.pending("a-service-called-7.default");
  assert.equal(subscriptions.opening(undefined), undefined);
  subscriptions.arrived(new Set());
  await pending;
  assert.equal(subscriptions.add("one-more.default"), false);
  assert.deepEqual(subscriptions.unasked(), []);
});
