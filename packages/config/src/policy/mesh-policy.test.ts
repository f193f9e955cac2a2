import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MeshPolicy } from "@intramesh/core";
import { instanceMarks } from "../instance-marks.ts";
import { parseResource } from "../parse-resource.ts";
import type { Resource } from "../resource.ts";
import { client, networking, service, workload } from "../testing/resources.ts";
import { createMeshPolicy } from "./mesh-policy.ts";

function endpointsOf(policy: MeshPolicy, host: string, port: number): readonly string[] | undefined {
  const cluster = policy.cluster({ host, port, subset: undefined });
  return cluster === undefined ? undefined : policy.endpoints(cluster).map(({ id }) => id);
}

function instance(name: string, ports: object, servicePorts?: object): Resource {
  const annotations = {
    [instanceMarks.service]: "ratings",
    ...(servicePorts && { [instanceMarks.servicePorts]: JSON.stringify(servicePorts) }),
  };
  return workload(name, { address: "10.0.0.9", labels: { app: "ratings" }, ports }, { annotations });
}

const ratings = "ratings.default.svc.cluster.local";

describe("endpoints of a Service", () => {
  const shop = service(
    "shop",
    { name: "http", port: 80, targetPort: 8080 },
    { name: "admin", port: 81, targetPort: "manage" },
    { name: "plain", port: 82 },
  );
  const host = "shop.default.svc.cluster.local";

  it("have the workload's port of that name, else targetPort, else the port itself", () => {
    const entries = [
      workload("a", { address: "10.0.0.1", labels: { app: "shop" }, ports: { http: 9080, manage: 9081 } }),
      workload("b", { address: "10.0.0.2", labels: { app: "shop" } }),
    ];
    const policy = createMeshPolicy([shop, ...entries], client);
    assert.deepEqual(endpointsOf(policy, host, 80), ["10.0.0.1:9080", "10.0.0.2:8080"]);
    assert.deepEqual(endpointsOf(policy, host, 81), ["10.0.0.1:9081", "10.0.0.2:81"]);
    assert.deepEqual(endpointsOf(policy, host, 82), ["10.0.0.1:82", "10.0.0.2:82"]);
    assert.equal(endpointsOf(policy, host, 83), undefined);
  });

  it("are workloads of its namespace with all labels of its selector", () => {
    const entries = [
      workload("other/a", { address: "10.0.0.1", labels: { app: "shop" } }),
      workload("b", { address: "10.0.0.2", labels: { app: "other" } }),
      workload("c", { address: "10.0.0.3", labels: { app: "shop", version: "v1" }, locality: "eu/a", weight: 3 }),
      workload("d", { address: "fd00::1", labels: { app: "shop" } }),
    ];
    const policy = createMeshPolicy([shop, ...entries], client);
    const cluster = policy.cluster({ host, port: 82, subset: undefined })!;
    assert.deepEqual(policy.endpoints(cluster), [
      {
        id: "10.0.0.3:82",
        address: "10.0.0.3",
        port: 82,
        labels: { app: "shop", version: "v1" },
        locality: "eu/a",
        weight: 3,
        instance: "c",
      },
      {
        id: "[fd00::1]:82",
        address: "fd00::1",
        port: 82,
        labels: { app: "shop" },
        locality: "",
        weight: 1,
        instance: "d",
      },
    ]);
  });
});

describe("a service that exists through its instances alone", () => {
  it("is called on the instances' own ports where no others are told", () => {
    const policy = createMeshPolicy([instance("r1", { http: 9080 })], client);
    assert.deepEqual(policy.services.get(ratings)?.aliases, [
      ratings,
      "ratings.default.svc",
      "ratings.default",
      "ratings",
    ]);
    assert.deepEqual(endpointsOf(policy, ratings, 9080), ["10.0.0.9:9080"]);
  });

  it("is called on its service ports, and each instance answers on its own", () => {
    const resources = [instance("r1", { http: 31001 }, { http: 80 }), instance("r2", { http: 31002 }, { http: 80 })];
    const policy = createMeshPolicy(resources, client);
    assert.deepEqual(endpointsOf(policy, ratings, 80), ["10.0.0.9:31001", "10.0.0.9:31002"]);
    assert.equal(endpointsOf(policy, ratings, 31001), undefined);
  });

  it("is the declared one as soon as a Service declares it", () => {
    const policy = createMeshPolicy(
      [instance("r1", { http: 31001 }), service("ratings", { name: "http", port: 80 })],
      client,
    );
    assert.deepEqual(endpointsOf(policy, ratings, 80), ["10.0.0.9:31001"]);
    assert.equal(endpointsOf(policy, ratings, 31001), undefined);
  });

  it("falls back to the instances' own ports where the annotation cannot be read", () => {
    const broken = instance("r1", { http: 9080 });
    const annotations = { ...broken.metadata.annotations, [instanceMarks.servicePorts]: "{" };
    const policy = createMeshPolicy([{ ...broken, metadata: { ...broken.metadata, annotations } }], client);
    assert.deepEqual(endpointsOf(policy, ratings, 9080), ["10.0.0.9:9080"]);
  });
});

describe("a ServiceEntry", () => {
  const entry = (spec: object): Resource =>
    networking("ServiceEntry", "partner", { ports: [{ number: 443, name: "tls", protocol: "HTTPS" }], ...spec });

  it("resolved by DNS has its own name for an endpoint", () => {
    const policy = createMeshPolicy([entry({ hosts: ["api.example"], resolution: "DNS" })], client);
    assert.deepEqual(endpointsOf(policy, "api.example", 443), ["api.example:443"]);
  });

  for (const [resolution, nameResolution] of [
    ["DNS", "STRICT_DNS"],
    ["DNS_ROUND_ROBIN", "LOGICAL_DNS"],
    ["NONE", "ON_CONNECT"],
    [undefined, "ON_CONNECT"],
  ] as const) {
    it(`of resolution ${resolution} has its names resolved as ${nameResolution}`, () => {
      const policy = createMeshPolicy([entry({ hosts: ["api.example"], resolution })], client);
      const cluster = policy.cluster({ host: "api.example", port: 443, subset: undefined });
      assert.equal(cluster?.nameResolution, nameResolution);
    });
  }

  it("may have SRV records for an endpoint", () => {
    const endpoints = [{ address: "_https._tcp.api.example" }];
    const srv = entry({ hosts: ["api.example"], resolution: "DNS", endpoints });
    assert.deepEqual(parseResource(srv).issues, []);
    assert.deepEqual(endpointsOf(createMeshPolicy([srv], client), "api.example", 443), ["_https._tcp.api.example:443"]);
  });

  it("for a wildcard sends each name to itself", () => {
    const policy = createMeshPolicy([entry({ hosts: ["*.example.com"] })], client);
    assert.deepEqual(endpointsOf(policy, "a.example.com", 443), ["a.example.com:443"]);
    assert.equal(endpointsOf(policy, "example.com", 443), undefined);
  });
});

describe("a policy made again", () => {
  const rule = networking("DestinationRule", "shop", {
    host: "shop",
    trafficPolicy: { loadBalancer: { simple: "RANDOM" } },
  });
  const resources = [
    service("shop", { name: "http", port: 80 }),
    rule,
    workload("a", { address: "10.0.0.1", labels: { app: "shop" } }),
  ];
  const ref = { host: "shop.default.svc.cluster.local", port: 80, subset: undefined };

  it("has the same clusters and endpoints where nothing changed", () => {
    const before = createMeshPolicy(resources, client);
    const after = createMeshPolicy(
      [...resources, networking("VirtualService", "x", { hosts: ["x"], http: [] })],
      client,
    );
    assert.equal(after.cluster(ref), before.cluster(ref));
    assert.equal(after.endpoints(after.cluster(ref)!)[0], before.endpoints(before.cluster(ref)!)[0]);
  });

  it("has another cluster where its rule changed", () => {
    const before = createMeshPolicy(resources, client).cluster(ref);
    const changed = { ...rule, spec: { host: "shop", trafficPolicy: { loadBalancer: { simple: "ROUND_ROBIN" } } } };
    const after = createMeshPolicy(
      resources.map((one) => (one === rule ? changed : one)),
      client,
    ).cluster(ref);
    assert.deepEqual([before?.loadBalancer, after?.loadBalancer], ["RANDOM", "ROUND_ROBIN"]);
  });
});

describe("retries", () => {
  const shop = service("shop", { name: "http", port: 80 });
  const rule = networking("DestinationRule", "shop", {
    host: "shop",
    trafficPolicy: { loadBalancer: { consistentHash: { useSourceIp: true } } },
  });
  const routes = networking("VirtualService", "shop", {
    hosts: ["shop"],
    http: [{ route: [{ destination: { host: "shop" } }] }],
  });

  it("avoid the endpoints tried before, but not where a hash pins the request to one", () => {
    const free = createMeshPolicy([shop, routes], client);
    const pinned = createMeshPolicy([shop, rule, routes], client);
    for (const [policy, avoids] of [
      [free, true],
      [pinned, false],
    ] as const) {
      assert.equal(policy.virtualHosts[0]?.routes[0]?.retry.ignorePreviousHosts, avoids);
      assert.equal(policy.defaultRoute("shop.default.svc.cluster.local", 80).retry.ignorePreviousHosts, avoids);
    }
  });

  it("of routes that say nothing are those of the mesh", () => {
    const settings = { defaultHttpRetryPolicy: { attempts: 4, retryOn: "503" } };
    const policy = createMeshPolicy([shop, routes], client, settings);
    const { attempts, retryOn, retriableStatusCodes } = policy.virtualHosts[0]!.routes[0]!.retry;
    assert.deepEqual([attempts, retryOn, retriableStatusCodes], [4, ["retriable-status-codes"], [503]]);
  });
});
