import assert from "node:assert/strict";
import { it } from "node:test";
import { authorityOf, joinSteps, translateOperations } from "./translate-headers.ts";

const route = translateOperations({ set: { X: "route" }, add: { Y: "route" }, remove: ["Z"] });
const destination = translateOperations({ set: { x: "dest" }, add: { y: "dest" }, remove: ["w"] });

function wordsOf(isSingle: boolean): readonly string[] {
  return joinSteps(route, destination, isSingle).map((step) =>
    step.kind === "remove" ? `remove ${step.name}` : `${step.kind} ${step.name}=${step.value}`,
  );
}

it("a single destination's operations are joined behind the route's, so that it wins", () => {
  assert.deepEqual(wordsOf(true), ["remove z", "remove w", "set x=route", "set x=dest", "add y=route", "add y=dest"]);
});

it("of several destinations each goes first and the route wins", () => {
  assert.deepEqual(wordsOf(false), ["remove w", "set x=dest", "add y=dest", "remove z", "set x=route", "add y=route"]);
});

it("Host is no header but the authority: a value set comes before one added", () => {
  const operations = translateOperations({ set: { ":authority": "set.example" }, add: { Host: "added.example" } });
  assert.equal(authorityOf(operations), "set.example");
  assert.deepEqual(joinSteps(operations, translateOperations(undefined), true), []);
});
