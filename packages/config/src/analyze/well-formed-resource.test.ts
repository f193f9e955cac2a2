import assert from "node:assert/strict";
import { test } from "node:test";
import { virtualService } from "../testing/analysis/analysis-case.ts";
import { wellFormedResource } from "./well-formed-resource.ts";

test("a resource that breaks rules, or has fields too many, may be compared", () => {
  assert.deepEqual(wellFormedResource(virtualService("a", { http: [] }))?.spec, { hosts: ["a"], http: [] });
  assert.ok(wellFormedResource(virtualService("a", { bogus: 1 })));
});

test("a resource of no kind, without a name, or with fields of the wrong form may not", () => {
  const { metadata, ...nameless } = virtualService("a", {});
  for (const input of [
    null,
    [],
    { ...nameless, metadata, kind: "Other" },
    { ...nameless },
    { ...nameless, metadata: { name: 1 } },
    { ...nameless, metadata: { name: "a", namespace: 1 } },
    virtualService("a", { http: "none" }),
    virtualService("a", { http: [{ route: [{ destination: { host: 1 } }] }] }),
  ]) {
    assert.equal(wellFormedResource(input), undefined);
  }
});
