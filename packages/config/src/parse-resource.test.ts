import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseResource } from "./parse-resource.ts";
import type { Severity } from "./resource.ts";
import { networking } from "./testing/resources.ts";

function linesOf(input: unknown, severity: Severity = "error"): readonly string[] {
  return parseResource(input)
    .issues.filter((issue) => issue.severity === severity)
    .map(({ path, message }) => `${path}: ${message}`);
}

function route(rule: object): unknown {
  return networking("VirtualService", "reviews", { hosts: ["reviews"], http: [rule] });
}

describe("the envelope", () => {
  const cases: readonly (readonly [title: string, input: unknown, line: string])[] = [
    ["text", "kind: Service", ": a resource is an object with apiVersion, kind, metadata and spec"],
    ["an object without kind", { metadata: { name: "x" } }, "kind: is missing: every resource has apiVersion and kind"],
    [
      "a kind with a typing error",
      { apiVersion: "networking.istio.io/v1", kind: "VirtualServce", metadata: { name: "x" } },
      'kind: "VirtualServce" of networking.istio.io/v1 is not a kind that intramesh knows; did you mean VirtualService?',
    ],
    [
      "a version that the kind does not have",
      { apiVersion: "networking.istio.io/v2", kind: "Gateway", metadata: { name: "x" } },
      'apiVersion: "networking.istio.io/v2" has no Gateway: use networking.istio.io/v1, networking.istio.io/v1beta1, networking.istio.io/v1alpha3',
    ],
    [
      "an object without a name",
      { apiVersion: "v1", kind: "Namespace", metadata: {} },
      "metadata.name: is missing: every resource has a name",
    ],
    [
      "a field beside spec that belongs into it",
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "x" }, hosts: [] },
      'hosts: unknown field "hosts"; should it be in spec?',
    ],
    [
      "a namespace that is none",
      { apiVersion: "v1", kind: "Service", metadata: { name: "x", namespace: "a.b" }, spec: { ports: [{ port: 80 }] } },
      'metadata.namespace: "a.b" is not a DNS label: lower-case letters, digits and inner dashes, at most 63 characters',
    ],
  ];
  for (const [title, input, line] of cases) {
    it(`of ${title} is refused`, () => {
      assert.deepEqual(linesOf(input), [line]);
      assert.equal(parseResource(input).resource, undefined);
    });
  }
});

describe("findings", () => {
  it("name an unknown field and the one that was probably meant", () => {
    const input = route({ timeOut: "1s", route: [{ destination: { host: "reviews" } }] });
    assert.deepEqual(linesOf(input), ['spec.http[0].timeOut: unknown field "timeOut"; did you mean timeout?']);
    assert.equal(parseResource(input).issues[0]?.code, "IST0106");
  });

  it("are all reported, unknown fields and broken rules together", () => {
    const input = route({ timeout: "0s", retires: {}, route: [{ destination: { host: "*" }, weight: -1 }] });
    assert.deepEqual(
      parseResource(input).issues.map(({ path }) => path),
      [
        "spec.http[0].retires",
        "spec.http[0].route[0].weight",
        "spec.http[0].route[0].destination.host",
        "spec.http[0].timeout",
      ],
    );
  });

  it("about form name every value of a wrong type", () => {
    const input = networking("VirtualService", "reviews", { hosts: "reviews", http: [{ timeout: 5, match: [null] }] });
    assert.deepEqual(linesOf(input), [
      'spec.hosts: "reviews" is not a list',
      "spec.http[0].timeout: 5 is not a duration, which is text such as 5s or 1.5s",
      "spec.http[0].match[0]: null is not an object",
    ]);
  });

  it("about form hide no rule that another part of the same route breaks", () => {
    const destination = { host: "reviews" };
    const input = route({ route: [{ destination, weight: "x" }, { destination: { host: "*" } }], timeout: "soon" });
    assert.deepEqual(linesOf(input), [
      'spec.http[0].route[0].weight: "x" is not a whole number from 0 to 2147483647',
      'spec.http[0].route[1].destination.host: "*" is no destination: name one host',
      'spec.http[0].timeout: "soon" is not a duration: write 1.5s, 500ms or 1m30s',
    ]);
  });

  it("name the range of a whole number that its field cannot carry", () => {
    const input = networking("DestinationRule", "reviews", {
      host: "reviews",
      trafficPolicy: {
        connectionPool: { tcp: { maxConnections: 2 ** 31 }, http: { maxRetries: 2 ** 31 - 1 } },
        outlierDetection: { consecutive5xxErrors: 2 ** 32, consecutiveGatewayErrors: 2 ** 32 - 1 },
        retryBudget: { minRetryConcurrency: -1 },
      },
    });
    assert.deepEqual(linesOf(input), [
      "spec.trafficPolicy.connectionPool.tcp.maxConnections: 2147483648 is not a whole number from 0 to 2147483647",
      "spec.trafficPolicy.outlierDetection.consecutive5xxErrors: 4294967296 is not a whole number from 0 to 4294967295",
      "spec.trafficPolicy.retryBudget.minRetryConcurrency: -1 is not a whole number from 0 to 4294967295",
    ]);
  });

  it("are one where a resource is nested too deep to be walked", () => {
    for (const depth of [101, 100_000]) {
      const deep: unknown = JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
      const input = { ...networking("VirtualService", "reviews", {}), status: deep };
      assert.deepEqual(linesOf(input), [
        ": is nested more than 100 levels deep, which no resource needs: make it flatter",
      ]);
    }
  });

  it("of severity warning do not refuse the resource", () => {
    const input = networking("DestinationRule", "reviews", {
      host: "reviews",
      trafficPolicy: { outlierDetection: { consecutiveErrors: 5 } },
    });
    assert.equal(parseResource(input).resource, input);
    assert.deepEqual(linesOf(input, "warning"), [
      "spec.trafficPolicy.outlierDetection.consecutiveErrors: is deprecated and ignored: use consecutive5xxErrors",
    ]);
  });
});

describe("an accepted resource", () => {
  it("is the very object that came in", () => {
    const input = route({ route: [{ destination: { host: "reviews" } }] });
    assert.equal(parseResource(input).resource, input);
  });

  it("has lost its nulls, while the object that came in keeps them", () => {
    const input = route({ timeout: null, route: [{ destination: { host: "reviews", subset: null } }] });
    const before = structuredClone(input);
    const { resource } = parseResource(input);
    assert.deepEqual(resource?.spec, { hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews" } }] }] });
    assert.deepEqual(input, before);
  });

  it("may be a null matcher nowhere: it would match everything", () => {
    const input = route({ match: [{ headers: { "x-a": null } }], route: [{ destination: { host: "reviews" } }] });
    assert.deepEqual(linesOf(input), ["spec.http[0].match[0].headers[x-a]: null is not an object"]);
  });
});

describe("operators in header values", () => {
  const withHeader = (value: string): unknown =>
    route({ route: [{ destination: { host: "reviews" } }], headers: { request: { set: { "x-a": value } } } });
  const place = "spec.http[0].headers.request.set[x-a]";

  it("that Envoy does not have are refused, each by its name", () => {
    const [first, second, ...others] = linesOf(withHeader("%UPSTREAM_HOTS% of %REQ% at 50%"));
    assert.match(first ?? "", /%UPSTREAM_HOTS%, which is no operator of Envoy's/);
    assert.match(second ?? "", /%REQ%, which needs an argument/);
    assert.equal(others.length, 1);
  });

  it("that have no value in a process are warned of", () => {
    const value = "%DYNAMIC_METADATA(a:b)%";
    assert.deepEqual(linesOf(withHeader(value)), []);
    assert.deepEqual(linesOf(withHeader(value), "warning"), [
      `${place}: %DYNAMIC_METADATA% has no value where the process itself calls: it is left out`,
    ]);
  });

  it("that have one pass", () => {
    const input = withHeader("%START_TIME(%Y-%m-%d)% %REQ(x-id?:path):8% %UPSTREAM_CLUSTER% 100%%");
    assert.deepEqual([...linesOf(input), ...linesOf(input, "warning")], []);
  });
});

describe("a spec with values of the wrong form", () => {
  const destination = { destination: { host: "reviews" } };
  const cases: readonly (readonly [title: string, input: unknown, paths: readonly string[]])[] = [
    [
      "hears of the rules that its other rules break, at their places",
      networking("VirtualService", "reviews", {
        hosts: ["reviews"],
        http: [{ route: "x" }, { route: [destination], timeout: "0s" }, { match: 5 }, { retries: { attempts: -1 } }],
      }),
      ["http[0].route", "http[2].match", "http[1].timeout", "http[3]", "http[3].retries.attempts"],
    ],
    [
      "hears of the rest of a rule where a part of it stands by itself",
      networking("VirtualService", "reviews", {
        hosts: ["reviews"],
        http: [{ route: [destination], timeout: 5, retries: { attempts: -1 } }],
      }),
      ["http[0].timeout", "http[0].retries.attempts"],
    ],
    [
      "does not hear that something is missing that was written",
      networking("VirtualService", "reviews", { hosts: ["reviews"], http: [{ route: 5 }] }),
      ["http[0].route"],
    ],
    [
      "hears of its form only where the rules of all parts depend on the value",
      networking("VirtualService", "reviews", { hosts: "reviews", gateways: ["mesh"], http: [{ timeout: "0s" }] }),
      ["hosts"],
    ],
    [
      "hears of subsets beside a wrong trafficPolicy",
      networking("DestinationRule", "reviews", {
        host: "reviews",
        trafficPolicy: { loadBalancer: { simple: "ROUND" } },
        subsets: [{ name: "v1" }, { name: "v1" }, { name: 5 }, { name: "-" }],
      }),
      ["trafficPolicy.loadBalancer.simple", "subsets[2].name", "subsets[1].name", "subsets[3].name"],
    ],
  ];
  for (const [title, input, paths] of cases) {
    it(title, () => {
      const { resource, issues } = parseResource(input);
      assert.equal(resource, undefined);
      const found = issues.filter(({ severity }) => severity === "error").map(({ path }) => path);
      assert.deepEqual(
        found,
        paths.map((path) => `spec.${path}`),
      );
    });
  }
});
