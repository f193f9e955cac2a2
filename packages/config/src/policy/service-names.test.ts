import assert from "node:assert/strict";
import { it } from "node:test";
import { client, networking } from "../testing/resources.ts";
import { createMeshPolicy } from "./mesh-policy.ts";
import { serviceNames } from "./service-names.ts";

const viewer = { namespace: "default", domain: "cluster.local" };

const rows: readonly (readonly [host: string, shortNames: readonly string[]])[] = [
  ["ratings.default.svc.cluster.local", ["ratings.default.svc", "ratings.default", "ratings"]],
  ["ratings.other.svc.cluster.local", ["ratings.other.svc", "ratings.other"]],
  ["one.ratings.default.svc.cluster.local", ["one.ratings.default.svc", "one.ratings.default"]],
  ["ratings.default.svc.other.domain", []],
  ["ratings.svc.cluster.local", []],
  ["*.default.svc.cluster.local", []],
  ["api.example", []],
];
for (const [host, shortNames] of rows) {
  it(`${host} is called ${[...shortNames, "by its whole name"].join(", ")}`, () => {
    assert.deepEqual(serviceNames(host, viewer), [host, ...shortNames]);
  });
}

it("a ServiceEntry is called by the short names of its host, and by its addresses in canonical form", () => {
  const host = "ratings.default.svc.cluster.local";
  const entry = networking("ServiceEntry", "ratings", {
    hosts: [host],
    addresses: ["192.0.2.1", "2001:DB8:0::1"],
    ports: [{ number: 80, name: "http", protocol: "HTTP" }],
    resolution: "STATIC",
    endpoints: [{ address: "2001:DB8::0:2" }],
  });
  const policyOf = (namespace: string) => createMeshPolicy([entry], { ...client, namespace });
  const addresses = ["192.0.2.1", "2001:db8::1"];
  const abroad = [host, "ratings.default.svc", "ratings.default"];
  assert.deepEqual(policyOf("default").services.get(host)?.aliases, [...abroad, "ratings", ...addresses]);
  assert.deepEqual(policyOf("other").services.get(host)?.aliases, [...abroad, ...addresses]);
  const policy = policyOf("default");
  const cluster = policy.cluster({ host, port: 80, subset: undefined })!;
  assert.deepEqual(
    policy.endpoints(cluster).map(({ id, address }) => [id, address]),
    [["[2001:db8::2]:80", "2001:db8::2"]],
  );
});
