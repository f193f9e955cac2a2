import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readHealth } from "./health-answer.ts";
import { healthEntry } from "./testing/health-entry.ts";

describe("readHealth", () => {
  it("calls those whose checks all pass", () => {
    const answer = readHealth([
      healthEntry("a"),
      healthEntry("b", { checks: [["critical", "b"]] }),
      healthEntry("c", { checks: [["warning", "c"]] }),
      healthEntry("d", { checks: [["critical", ""]] }),
    ]);
    assert.deepEqual([...answer.callable.keys()], ["node/a"]);
    assert.deepEqual([...answer.known], ["node/a", "node/b", "node/c", "node/d"]);
  });

  it("calls those whose own checks pass where the agents of all nodes are away", () => {
    const answer = readHealth([
      healthEntry("a", {
        checks: [
          ["critical", ""],
          ["passing", "a"],
        ],
      }),
      healthEntry("b", {
        checks: [
          ["critical", ""],
          ["critical", "b"],
        ],
      }),
    ]);
    assert.deepEqual([...answer.callable.keys()], ["node/a"]);
  });

  it("leaves out sidecar proxies and what has no port", () => {
    const answer = readHealth([healthEntry("a", { Kind: "connect-proxy" }), healthEntry("b", { Port: 0 })]);
    assert.equal(answer.known.size, 0);
  });

  it("takes the node's address where the service has none, and one weight at least", () => {
    const { callable } = readHealth([healthEntry("a", { Address: "", Weights: { Passing: 0 } })]);
    const { address, weight } = callable.get("node/a")!;
    assert.deepEqual([address, weight], ["10.0.0.1", 1]);
  });

  for (const body of [undefined, "<html>", {}, [{}], [{ Node: {}, Service: {} }]]) {
    it(`refuses ${JSON.stringify(body)}, which is nothing that Consul sends`, () => {
      assert.throws(() => readHealth(body), /something else answers at this address/);
    });
  }
});
