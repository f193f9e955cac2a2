import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseResource } from "../parse-resource.ts";
import type { Severity } from "../resource.ts";
import { networking } from "../testing/resources.ts";

function pathsOf(kind: string, spec: object, severity: Severity): readonly string[] {
  const { issues } = parseResource(networking(kind, "subject", spec));
  return issues.filter((issue) => issue.severity === severity).map(({ path }) => path);
}

const rule = (fields: object): object => ({
  hosts: ["reviews"],
  http: [{ route: [{ destination: { host: "reviews" } }], ...fields }],
});
const match = (fields: object): object => rule({ match: [fields] });
const balancer = (loadBalancer: object): object => ({ host: "reviews", trafficPolicy: { loadBalancer } });
const toReviews = { route: [{ destination: { host: "reviews" } }] };
const http = { number: 80, name: "http", protocol: "HTTP" };
const tcp = { number: 90, name: "tcp", protocol: "TCP" };

/** Rules of Istio's webhook (pkg/config/validation), by the place that they are reported at. */
const refused: readonly (readonly [title: string, kind: string, spec: object, path: string])[] = [
  [
    "a header match whose name is none",
    "VirtualService",
    match({ headers: { "a b": { exact: "1" } } }),
    "spec.http[0].match[0].headers[a b]",
  ],
  [
    "a match on a pseudo-header that does not exist",
    "VirtualService",
    match({ withoutHeaders: { ":host": { regex: "*" } } }),
    "spec.http[0].match[0].withoutHeaders[:host]",
  ],
  [
    "an empty prefix of a query parameter",
    "VirtualService",
    match({ queryParams: { page: { prefix: "" } } }),
    "spec.http[0].match[0].queryParams[page]",
  ],
  [
    "an allowed origin that names none",
    "VirtualService",
    rule({ corsPolicy: { allowOrigins: [{}] } }),
    "spec.http[0].corsPolicy.allowOrigins[0]",
  ],
  [
    "an allowed header that is none",
    "VirtualService",
    rule({ corsPolicy: { allowHeaders: ["*", "x y"] } }),
    "spec.http[0].corsPolicy.allowHeaders[1]",
  ],
  [
    "a retry on a status that has no name",
    "VirtualService",
    rule({ retries: { attempts: 1, retryOn: "503,599" } }),
    "spec.http[0].retries.retryOn",
  ],
  [
    "an old ring size beside a hash algorithm",
    "DestinationRule",
    balancer({ consistentHash: { useSourceIp: true, minimumRingSize: 7, ringHash: {} } }),
    "spec.trafficPolicy.loadBalancer.consistentHash",
  ],
  [
    "a cookie attribute that stands there twice",
    "DestinationRule",
    balancer({ consistentHash: { httpCookie: { name: "c", attributes: [{ name: "Secure" }, { name: "Secure" }] } } }),
    "spec.trafficPolicy.loadBalancer.consistentHash.httpCookie.attributes[1].name",
  ],
  [
    "locality and zone settings together",
    "DestinationRule",
    balancer({ localityLbSetting: {}, zoneAwareLbSetting: {} }),
    "spec.trafficPolicy.loadBalancer",
  ],
  [
    "a zone setting that ranks zones by label",
    "DestinationRule",
    {
      host: "reviews",
      trafficPolicy: {
        outlierDetection: {},
        loadBalancer: { zoneAwareLbSetting: { failoverPriority: ["topology.kubernetes.io/zone"] } },
      },
    },
    "spec.trafficPolicy.loadBalancer.zoneAwareLbSetting.failoverPriority[0]",
  ],
  [
    "pings without a timeout",
    "DestinationRule",
    { host: "reviews", trafficPolicy: { connectionPool: { http: { http2KeepAlive: { interval: "1s" } } } } },
    "spec.trafficPolicy.connectionPool.http.http2KeepAlive.timeout",
  ],
  [
    "a protocol that DYNAMIC_DNS does not serve",
    "ServiceEntry",
    { hosts: ["*.example.com"], ports: [tcp], resolution: "DYNAMIC_DNS" },
    "spec.ports[0].protocol",
  ],
  [
    "several hosts on a TCP port, with addresses too",
    "ServiceEntry",
    { hosts: ["a.com", "b.com"], addresses: ["192.0.2.1"], ports: [tcp], resolution: "STATIC" },
    "spec.hosts",
  ],
  ["a Sidecar that says nothing", "Sidecar", { workloadSelector: { labels: { app: "a" } } }, "spec"],
  [
    "two listeners on one port",
    "Sidecar",
    { egress: [http, http].map((port) => ({ port, hosts: ["./*"] })) },
    "spec.egress[1].port.number",
  ],
];

describe("is refused:", () => {
  for (const [title, kind, spec, path] of refused) {
    it(title, () => assert.deepEqual(pathsOf(kind, spec, "error"), [path]));
  }
});

const accepted: readonly (readonly [title: string, kind: string, spec: object, warnings: readonly string[]])[] = [
  ["a redirect to port 0, which is none", "VirtualService", redirectTo({ port: 0, uri: "/" }), []],
  ["a match on a JWT claim, bound to a gateway", "VirtualService", onGateway("@request.auth.claims.sub"), []],
  [
    "warm-up beside RANDOM, with a warning",
    "DestinationRule",
    balancer({ simple: "RANDOM", warmup: { duration: "1s" } }),
    ["spec.trafficPolicy.loadBalancer.warmup"],
  ],
  [
    "a pattern that repeats a lot, with a warning",
    "VirtualService",
    match({ uri: { regex: "(a|b)*a(a|b){400}" } }),
    ["spec.http[0].match[0].uri.regex"],
  ],
  [
    "a TCP rule behind one for all, with a warning",
    "VirtualService",
    { hosts: ["reviews"], tcp: [{}, { match: [{ port: 90 }] }].map((fields) => ({ ...fields, ...toReviews })) },
    ["spec.tcp[1]"],
  ],
  [
    "a TCP rule that repeats another's match, with a warning",
    "VirtualService",
    { hosts: ["reviews"], tcp: [90, 91, 90].map((port) => ({ match: [{ port }], ...toReviews })) },
    ["spec.tcp[2]"],
  ],
  [
    "several hosts on a TCP port that go where they would anyway",
    "ServiceEntry",
    {
      hosts: ["a.com", "b.com"],
      addresses: ["192.0.2.1"],
      ports: [tcp],
    },
    [],
  ],
  ["a host twice, with a warning", "ServiceEntry", { hosts: ["a.com", "a.com"], ports: [http] }, ["spec.hosts[1]"]],
];

describe("is accepted:", () => {
  for (const [title, kind, spec, warnings] of accepted) {
    it(title, () => {
      assert.deepEqual(pathsOf(kind, spec, "error"), []);
      assert.deepEqual(pathsOf(kind, spec, "warning"), warnings);
    });
  }
});

function redirectTo(redirect: object): object {
  return { hosts: ["reviews"], http: [{ redirect }] };
}

function onGateway(header: string): object {
  return { ...match({ headers: { [header]: { exact: "ann" } } }), gateways: ["edge"] };
}
