import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeshPolicy, PolicyChange, Replacement, ServicePolicy, VirtualHostPolicy } from "@intramesh/core";
import fc from "fast-check";
import { compileRouteTable, type RouteTable } from "./route-table.ts";
import { meshOf, serviceOf, virtualHostOf } from "./testing/policies.ts";

const hosts = ["a", "b", "a.example", "*.example", "*"];
const host = fc.constantFrom(...hosts);
const service = fc
  .record({ host, alias: host })
  .map((given) => serviceOf(given.host, { aliases: [...new Set([given.host, given.alias])] }));
const virtualHost = fc
  .record({ hosts: fc.uniqueArray(host, { minLength: 1, maxLength: 2 }), owner: fc.constantFrom("x", "y", "z") })
  .map((given) => virtualHostOf(given.hosts, { virtualService: `default/${given.owner}` }));
const state = fc.record({
  services: fc.uniqueArray(service, { maxLength: 4, selector: (one) => one.host }),
  virtualHosts: fc.array(virtualHost, { maxLength: 4 }),
  /** Of what was there before, which are kept. */
  keeps: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
});

function replacementsOf<Value>(before: readonly Value[], after: readonly Value[]): readonly Replacement<Value>[] {
  return [
    ...before.filter((one) => !after.includes(one)).map((one) => ({ before: one, after: undefined })),
    ...after.filter((one) => !before.includes(one)).map((one) => ({ before: undefined, after: one })),
  ];
}

function told(table: RouteTable): unknown {
  return [...hosts, "x.example", "other"].map((called) => {
    const routes = table.find(called, 80);
    return [called, routes?.host, routes?.service, routes?.virtualHost, routes?.candidates];
  });
}

test("a table made in steps is the one that its policy means, and older ones stay as they are", () => {
  const property = fc.property(fc.array(state, { maxLength: 6 }), (states) => {
    let services: readonly ServicePolicy[] = [];
    let virtualHosts: readonly VirtualHostPolicy[] = [];
    let policy: MeshPolicy = meshOf(services, virtualHosts);
    let table = compileRouteTable(policy);
    const made: { readonly table: RouteTable; readonly policy: MeshPolicy }[] = [];
    for (const next of states) {
      const kept = services.filter((_, at) => next.keeps[at]);
      const nextServices = [
        ...kept,
        ...next.services.filter((one) => kept.every(({ host: known }) => known !== one.host)),
      ];
      const nextHosts = [...next.virtualHosts, ...virtualHosts.filter((_, at) => next.keeps[at])];
      const change: PolicyChange = {
        since: policy,
        services: replacementsOf(services, nextServices),
        virtualHosts: replacementsOf(virtualHosts, nextHosts),
        touches: () => true,
      };
      policy = meshOf(nextServices, nextHosts);
      table = table.next(policy, change);
      made.push({ table, policy });
      services = nextServices;
      virtualHosts = nextHosts;
    }
    for (const step of made) assert.deepEqual(told(step.table), told(compileRouteTable(step.policy)));
  });
  fc.assert(property, { numRuns: 500 });
});
