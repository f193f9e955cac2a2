import assert from "node:assert/strict";
import { test } from "node:test";
import { findKind, type Resource } from "@intramesh/config";
import { RegistryState } from "../state/registry-state.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { createFindRelated, type FindRelated } from "./related-resources.ts";
import { writeWarnings } from "./write-warnings.ts";

const http = [{ number: 80, name: "http", protocol: "HTTP" }];
const route = (host: string): object => ({ http: [{ route: [{ destination: { host } }] }] });
const rule = (name: string, host: string): Resource => resource("DestinationRule", name, { host, subsets: [] });

test("a VirtualService is told of hosts, subsets, ports, gateways and delegates that are not there", () => {
  const { warn } = createRegistryOf(resource("Service", "reviews", { ports: [{ name: "http", port: 9080 }] }));
  const spec = {
    hosts: ["shop.example.com"],
    gateways: ["edge"],
    http: [
      { match: [{ gateways: ["mesh"] }], delegate: { name: "team" } },
      { route: [{ destination: { host: "reviews", subset: "v1" } }] },
      { route: [{ destination: { host: "reviews", port: { number: 1 } } }], mirror: { host: "nobody" } },
    ],
  };
  assert.deepEqual(warn(resource("VirtualService", "shop", spec)), [
    "IST0101 spec.http[2].route[0].destination.port.number",
    "IST0101 spec.http[2].mirror.host",
    "IST0101 spec.http[1].route[0].destination.subset",
    "IST0101 spec.gateways[0]",
    "IST0101 spec.http[0].delegate",
  ]);
});

test("what is declared, or has registered, is no warning", () => {
  const { put, warn } = createRegistryOf(
    resource("ServiceEntry", "wide", { hosts: ["*.example.com"], ports: http, resolution: "DNS" }),
    resource("Gateway", "edge", { servers: [{ port: http[0], hosts: ["*"] }] }),
  );
  assert.deepEqual(
    warn(resource("VirtualService", "shop", { hosts: ["a"], gateways: ["edge"], ...route("a.example.com") })),
    [],
  );
  assert.deepEqual(warn(resource("VirtualService", "own", { hosts: ["registered"], ...route("registered") })), []);
  const early = rule("late", "late.test");
  assert.deepEqual(warn({ ...early, spec: { host: "late.test", subsets: [{ name: "v1" }] } }), ["IST0174 spec.host"]);
  put(resource("ServiceEntry", "late", { hosts: ["late.test"], ports: http, resolution: "DNS" }));
  assert.deepEqual(warn({ ...early, spec: { host: "late.test", subsets: [{ name: "v1" }] } }), []);
  put(resource("ServiceEntry", "late", { hosts: ["later.test"], ports: http, resolution: "DNS" }));
  assert.deepEqual(warn({ ...early, spec: { host: "late.test", subsets: [{ name: "v1" }] } }), ["IST0174 spec.host"]);
});

test("a host that another VirtualService has is a warning, a resource is no rival of its earlier self", () => {
  const { put, remove, warn } = createRegistryOf();
  const one = resource("VirtualService", "one", { hosts: ["registered"], ...route("registered") });
  put(one);
  assert.deepEqual(warn(one), []);
  const rival = resource("VirtualService", "two", {
    hosts: ["registered.default.svc.cluster.local"],
    ...route("registered"),
  });
  assert.deepEqual(warn(rival), ["IST0109 spec.hosts[0]"]);
  remove(one);
  assert.deepEqual(warn(rival), []);
});

test("a write looks at what it names, not at the rest", () => {
  const many = Array.from({ length: 500 }, (_, at) => [
    resource("ServiceEntry", `entry-${at}`, { hosts: [`${at}.example.com`], ports: http, resolution: "DNS" }),
    rule(`rule-${at}`, `${at}.example.com`),
    resource("VirtualService", `service-${at}`, { hosts: [`${at}.example.com`], ...route(`${at}.example.com`) }),
  ]);
  const { findRelated } = createRegistryOf(...many.flat());
  const written = resource("VirtualService", "new", { hosts: ["7.example.com"], ...route("8.example.com") });
  assert.deepEqual(
    findRelated(written).map(({ metadata }) => metadata.name),
    ["entry-8", "rule-8", "service-7"],
  );
});

interface Bench {
  readonly findRelated: FindRelated;
  put(resource: Resource): void;
  remove(resource: Resource): void;
  /** Code and path of each warning. */
  warn(resource: Resource): readonly string[];
}

function createRegistryOf(...resources: readonly Resource[]): Bench {
  const state = new RegistryState(createMemoryStore(), 10);
  const findRelated = createFindRelated(state, (_, service) => service === "registered");
  const put = (one: Resource): void => {
    state.write([{ type: "put", info: findKind(one.kind)!, resource: one }]);
  };
  for (const one of resources) put(one);
  return {
    findRelated,
    put,
    remove({ kind, metadata }) {
      const object = state.get(findKind(kind)!, metadata.namespace ?? "", metadata.name);
      state.write([{ type: "delete", object: object! }]);
    },
    warn: (one) => writeWarnings(one, findRelated).map((text) => text.split(": ", 1)[0]!),
  };
}

function resource(kind: string, name: string, spec: unknown): Resource {
  return { apiVersion: "networking.istio.io/v1", kind, metadata: { name, namespace: "default" }, spec };
}
