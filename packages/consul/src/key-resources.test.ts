import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource } from "@intramesh/config";
import { KeyResources, readKeys } from "./key-resources.ts";

/** Texts of these tests are names of VirtualServices, comma-separated; `bad` is wrong. */
async function parse(
  text: string,
  name: string,
): Promise<{ resources: readonly Resource[]; problems: readonly string[] }> {
  const resources = text.split(",").map(
    (each): Resource => ({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: each },
      spec: {},
    }),
  );
  return { resources, problems: text.includes("bad") ? [`${name}:1: it is bad`] : [] };
}

function names(resources: readonly Resource[]): string {
  return resources.map(({ metadata }) => metadata.name).join();
}

describe("KeyResources", () => {
  it("keeps what a key last said that was right, and the objects of what it says again", async () => {
    const keys = new KeyResources(parse);
    const first = await keys.take(new Map([["k", "a,b"]]), false);
    const wrong = await keys.take(new Map([["k", "a,bad"]]), false);
    assert.equal(names(wrong.resources), "a,b");
    assert.deepEqual(wrong.problems, ["k:1: it is bad"]);
    const right = await keys.take(new Map([["k", "a,c"]]), false);
    assert.equal(names(right.resources), "a,c");
    assert.equal(right.resources[0], first.resources[0]);
    assert.deepEqual(right.problems, []);
  });

  it("lets go of a key that is gone, unless it is to be kept", async () => {
    const keys = new KeyResources(parse);
    await keys.take(new Map([["k", "a"]]), false);
    assert.equal(names((await keys.take(new Map(), true)).resources), "a");
    assert.equal(names((await keys.take(new Map(), false)).resources), "");
  });

  it("takes the first of two keys that have the same resource, and says so", async () => {
    const { resources, problems } = await new KeyResources(parse).take(
      new Map([
        ["k", "a"],
        ["l", "a"],
      ]),
      false,
    );
    assert.equal(names(resources), "a");
    assert.deepEqual(problems, ["l: VirtualService default/a is in k already, which wins"]);
  });
});

describe("readKeys", () => {
  it("is empty where there is nothing, and passes folders over", () => {
    assert.deepEqual(readKeys(undefined), new Map());
    const pairs = [
      { Key: "p/", Value: null },
      { Key: "p/a", Value: "x" },
      { Key: "p/b", Value: null },
    ];
    assert.deepEqual(
      readKeys(pairs),
      new Map([
        ["p/a", "x"],
        ["p/b", ""],
      ]),
    );
  });

  it("refuses what Consul does not send", () => {
    for (const body of ["<html>", {}, [1], [{ Key: 1 }]]) assert.throws(() => readKeys(body), /something else answers/);
  });
});
