import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServiceInstances } from "./service-instances.ts";
import { healthEntry } from "./testing/health-entry.ts";

const graceMs = 1_000;
const trusted = Number.NEGATIVE_INFINITY;

function names(instances: ServiceInstances): string {
  return instances.entries.map(({ metadata }) => metadata.name).join();
}

describe("ServiceInstances", () => {
  it("keeps the same entry for as long as nothing changes, and says whether something did", () => {
    const instances = new ServiceInstances(graceMs);
    assert.equal(instances.take([healthEntry("a")], 0, trusted), true);
    const [entry] = instances.entries;
    assert.equal(instances.take([healthEntry("a")], 1, trusted), false);
    assert.equal(instances.entries[0], entry);
    assert.equal(instances.take([healthEntry("a", { Port: 81 })], 2, trusted), true);
    assert.notEqual(instances.entries[0], entry);
  });

  it("takes out at once who has gone while others are there, and who is there and unwell", () => {
    const instances = new ServiceInstances(graceMs);
    instances.take([healthEntry("a"), healthEntry("b")], 0, trusted);
    instances.take([healthEntry("b")], 1, trusted);
    assert.equal(names(instances), "b.node");
    instances.take([healthEntry("b", { checks: [["critical", "b"]] })], 2, trusted);
    assert.equal(names(instances), "");
    assert.equal(instances.dueAt, undefined);
  });

  it("keeps everyone for the time of grace where Consul knows nobody any more", () => {
    const instances = new ServiceInstances(graceMs);
    instances.take([healthEntry("a"), healthEntry("b")], 0, trusted);
    assert.equal(instances.take([], 100, trusted), false);
    instances.take([], 600, trusted);
    assert.equal(instances.dueAt, 1_100);
    assert.equal(instances.settle(1_099), false);
    assert.equal(names(instances), "a.node,b.node");
    assert.equal(instances.settle(1_100), true);
    assert.equal(names(instances), "");
    assert.equal(instances.dueAt, undefined);
  });

  it("believes the first who comes after silence", () => {
    const instances = new ServiceInstances(graceMs);
    instances.take([healthEntry("a")], 0, trusted);
    instances.take([], 1, trusted);
    instances.take([healthEntry("b")], 2, trusted);
    assert.equal(names(instances), "b.node");
  });

  it("keeps who has not come back while Consul has lost its past, and no longer", () => {
    const instances = new ServiceInstances(graceMs);
    instances.take([healthEntry("a"), healthEntry("b")], 0, trusted);
    instances.take([healthEntry("b")], 10, 1_010);
    assert.equal(names(instances), "b.node,a.node");
    instances.take([healthEntry("b"), healthEntry("c")], 20, 1_010);
    assert.equal(names(instances), "b.node,c.node,a.node");
    assert.equal(instances.settle(1_010), true);
    assert.equal(names(instances), "b.node,c.node");
  });

  it("does not take an instance twice that came back through another agent", () => {
    const instances = new ServiceInstances(graceMs);
    const meta = { "intramesh-instance": "a" };
    instances.take([healthEntry("a", { Meta: meta })], 0, trusted);
    const elsewhere = { ...healthEntry("a", { Meta: meta }), Node: { Node: "other", Address: "10.0.0.3" } };
    instances.take([elsewhere], 10, 1_010);
    assert.equal(names(instances), "a");
  });
});
