import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WorkloadEntrySpec } from "@intramesh/config";
import { type CatalogInstance, metaOf, workloadEntryOf } from "./service-meta.ts";

const instance: CatalogInstance = {
  id: "web-1",
  service: "web",
  node: "node-1",
  address: "10.0.0.1",
  port: 8080,
  datacenter: "dc1",
  tags: [],
  meta: {},
  weight: 1,
};

describe("workloadEntryOf", () => {
  it("is an instance of the service in namespace default where metadata says nothing", () => {
    const { metadata, spec } = workloadEntryOf(instance);
    assert.equal(metadata.name, "web-1.node-1");
    assert.equal(metadata.namespace, "default");
    assert.deepEqual(metadata.annotations, { "intramesh.io/service": "web" });
    assert.deepEqual(spec, {
      address: "10.0.0.1",
      ports: { http: 8080 },
      labels: { app: "web" },
      locality: "dc1",
      weight: 1,
    });
  });

  it("names the port after the protocol, as Istio does", () => {
    const { metadata, spec } = workloadEntryOf({ ...instance, meta: { protocol: "grpc", "service-port": "9090" } });
    assert.deepEqual((spec as WorkloadEntrySpec).ports, { grpc: 8080 });
    assert.equal(metadata.annotations?.["intramesh.io/service-ports"], '{"grpc":9090}');
  });

  it("prefers metadata to tags", () => {
    const { metadata } = workloadEntryOf({
      ...instance,
      tags: ["version=v1", "canary", "=x", "route=Host(`a`)", "/path"],
      meta: { version: "v2", locality: "eu/a" },
    });
    assert.deepEqual(metadata.labels, { app: "web", version: "v2", canary: "true" });
  });

  it("tells ids apart that would make the same name", () => {
    const [one, other] = ["Web_1", "web 1"].map((id) => workloadEntryOf({ ...instance, id }).metadata.name);
    assert.match(one!, /^web-1\.node-1-[0-9a-f]{6}$/);
    assert.notEqual(one, other);
  });

  it("passes over what cannot be: ports, weights, labels that are no JSON", () => {
    const meta = { "service-port": "http", weight: "heavy", "intramesh-labels": "{" };
    const { metadata, spec } = workloadEntryOf({ ...instance, meta });
    assert.equal(metadata.annotations?.["intramesh.io/service-ports"], undefined);
    assert.equal((spec as WorkloadEntrySpec).weight, 1);
    assert.deepEqual(metadata.labels, { app: "web" });
  });
});

describe("metaOf", () => {
  const announcement = {
    namespace: "shop",
    service: "web",
    instance: "web-1",
    registration: { address: "10.0.0.1", ports: { http: 8080 }, servicePorts: { http: 80 }, labels: { version: "v1" } },
  };

  it("says all that a reader needs in keys that Consul takes", () => {
    assert.deepEqual(metaOf(announcement, { name: "http", number: 8080 }, "session"), {
      version: "v1",
      namespace: "shop",
      protocol: "http",
      "service-port": "80",
      weight: "1",
      "intramesh-instance": "web-1",
      "intramesh-session": "session",
    });
  });

  it("keeps labels apart whose names Consul does not take, or that mean something else to the mesh", () => {
    const labels = { "a.b/c": "1", namespace: "2", version: "3" };
    const registration = { ...announcement.registration, labels };
    const meta = metaOf({ ...announcement, registration }, { name: "http", number: 8080 }, "session");
    assert.deepEqual(workloadEntryOf({ ...instance, meta }).metadata.labels, { app: "web", ...labels });
    assert.equal(meta["namespace"], "shop");
  });
});
