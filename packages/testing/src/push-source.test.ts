import assert from "node:assert/strict";
import { test } from "node:test";
import { type PushedState, pushSource } from "./push-source.ts";

test("what was pushed last before the start is delivered at the start", () => {
  const source = pushSource<string>();
  source.push(["a"]);
  source.push(["b"]);
  assert.deepEqual(delivered(source), [["1", ["b"]]]);
});

test("nothing is delivered before anything is pushed", () => {
  assert.deepEqual(delivered(pushSource<string>()), []);
});

test("each push is a state of its own", () => {
  const source = pushSource<string>();
  const states = delivered(source);
  source.push(["a"]);
  source.push(["a"]);
  assert.deepEqual(states, [
    ["1", ["a"]],
    ["2", ["a"]],
  ]);
});

function delivered(source: ReturnType<typeof pushSource<string>>): readonly unknown[] {
  const states: unknown[] = [];
  source.start({
    onUpdate: ({ revision, resources }: PushedState<string>) => states.push([revision, resources]),
    onError: assert.fail,
  });
  return states;
}
