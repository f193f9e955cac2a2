import assert from "node:assert/strict";
import { test } from "node:test";
import { type MeshSettings, parseResource, type Resource } from "@intramesh/config";
import { parseYamlDocuments } from "@intramesh/discovery/yaml-documents";
import { overlay } from "./overlay.ts";
import { replay } from "./replay.ts";
import { type HostSummary, summarize } from "./summary.ts";

const mesh = `
apiVersion: v1
kind: Service
metadata: { name: reviews }
spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec:
  host: reviews
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }, { name: v9, labels: { version: v9 } }]
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: reviews-v1 }
spec: { address: 10.0.0.1, labels: { app: reviews, version: v1 } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: reviews-v2 }
spec: { address: 10.0.0.2, labels: { app: reviews, version: v2 } }
`;

/** A VirtualService of reviews with one rule. */
function rule(text: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec: { hosts: [reviews], http: [${text}] }
`;
}

const toV1 = rule("{ timeout: 3s, route: [{ destination: { host: reviews, subset: v1 } }] }");

function resources(text: string): readonly Resource[] {
  return parseYamlDocuments(text, "test").documents.map(({ value }) => {
    const { resource, issues } = parseResource(value);
    if (resource === undefined) throw new Error(JSON.stringify(issues));
    return resource;
  });
}

interface Given {
  readonly authority?: string;
  readonly namespace?: string;
  readonly settings?: Partial<MeshSettings>;
}

/** Of two calls to reviews, one of them jason's. */
function summaryOf(before: string, after: string, given: Given = {}): HostSummary {
  const { authority = "reviews:9080", namespace = "default", settings } = given;
  const request = { method: "GET", scheme: "http", authority, path: "/reviews/0", headers: {} };
  const client = { service: "productpage", namespace, labels: { app: "productpage" }, instance: undefined };
  const requests = [request, { ...request, headers: { "end-user": "jason" } }];
  const old = resources(mesh + (before === "" ? "" : `---${before}`));
  const replayed = replay([{ client, requests }], old, overlay(old, resources(after)), settings);
  const [summary, ...others] = summarize(replayed.requests);
  assert.deepEqual(others, []);
  return summary!;
}

function movesOf({ moved }: HostSummary): string[] {
  return moved.map(({ from, to, percent }) => `${percent} % ${to.goes} instead of ${from.name}`);
}

const moves: readonly (readonly [title: string, before: string, rule: string, moves: readonly string[]])[] = [
  [
    "weights move their difference",
    toV1,
    "{ route: [{ destination: { host: reviews, subset: v1 }, weight: 80 }, { destination: { host: reviews, subset: v2 }, weight: 20 }] }",
    ["20 % go to v2 instead of v1"],
  ],
  [
    "a match moves who matches",
    toV1,
    "{ match: [{ headers: { end-user: { exact: jason } } }], route: [{ destination: { host: reviews, subset: v2 } }] }, { route: [{ destination: { host: reviews, subset: v1 } }] }",
    ["50 % go to v2 instead of v1"],
  ],
  [
    "a first rule moves calls away from any version",
    "",
    "{ route: [{ destination: { host: reviews, subset: v2 } }] }",
    ["100 % go to v2 instead of any version"],
  ],
  [
    "a fault's share is aborted",
    toV1,
    "{ fault: { abort: { percentage: { value: 10 }, httpStatus: 500 } }, route: [{ destination: { host: reviews, subset: v1 } }] }",
    ["10 % are aborted with 500 instead of v1"],
  ],
  [
    "a delay's share is late, and its share of the aborted is late, too",
    toV1,
    "{ fault: { delay: { percentage: { value: 50 }, fixedDelay: 7s }, abort: { percentage: { value: 20 }, httpStatus: 503 } }, route: [{ destination: { host: reviews, subset: v1 } }] }",
    [
      "40 % go to v1 7s late instead of v1",
      "10 % are aborted with 503 instead of v1",
      "10 % are aborted with 503 7s late instead of v1",
    ],
  ],
  [
    "a redirect is told without its path",
    toV1,
    "{ redirect: { authority: elsewhere, uri: /x } }",
    ["100 % are redirected to http://elsewhere (301) instead of v1"],
  ],
  [
    "a direct response is the mesh's answer",
    toV1,
    "{ directResponse: { status: 418 } }",
    ["100 % are answered 418 by the mesh instead of v1"],
  ],
  [
    "a subset without endpoints is told",
    toV1,
    "{ route: [{ destination: { host: reviews, subset: v9 } }] }",
    ["100 % go to v9 (no endpoints: 503 UH) instead of v1"],
  ],
  [
    "a rule that all miss leaves no route",
    toV1,
    "{ match: [{ uri: { exact: /nowhere } }], route: [{ destination: { host: reviews, subset: v1 } }] }",
    ["100 % have no route (404 NR) instead of v1"],
  ],
];

for (const [title, before, text, expected] of moves) {
  test(title, () => assert.deepEqual(movesOf(summaryOf(before, rule(text))), expected));
}

test("calls that newly have no route or no known destination are lost, by their share", () => {
  const unmatched = rule("{ match: [{ uri: { exact: /nowhere } }], route: [{ destination: { host: reviews } }] }");
  const noRoute = summaryOf(toV1, unmatched);
  assert.deepEqual([noRoute.noRoute, noRoute.noDestination, noRoute.lost], [2, 0, 2]);
  const half = rule(
    "{ route: [{ destination: { host: reviews, subset: v1 }, weight: 50 }, { destination: { host: reviews, subset: v4 }, weight: 50 }] }",
  );
  const partly = summaryOf(toV1, half);
  assert.deepEqual([partly.noRoute, partly.noDestination, partly.lost], [0, 1, 1]);
  const asBefore = summaryOf(unmatched, unmatched);
  assert.deepEqual([asBefore.noRoute, asBefore.lost], [2, 0]);
});

test("what changes beside the destination is counted, with both values", () => {
  const without = rule("{ retries: { attempts: 5 }, route: [{ destination: { host: reviews, subset: v1 } }] }");
  const { moved, changed } = summaryOf(toV1, without);
  assert.deepEqual(moved, []);
  assert.deepEqual(
    changed.map(({ what, calls }) => [what, calls]),
    [[["timeout 3s → none", "retries 2 → 5"], 2]],
  );
  const header = rule(
    "{ timeout: 3s, headers: { request: { set: { x-a: '1' } } }, route: [{ destination: { host: reviews, subset: v1 } }] }",
  );
  assert.deepEqual(summaryOf(toV1, header).changed[0]?.what, ["request headers none → set x-a: 1"]);
  const rewritten = rule(
    "{ timeout: 3s, rewrite: { uri: /other }, route: [{ destination: { host: reviews, subset: v1 } }] }",
  );
  assert.deepEqual(summaryOf(toV1, rewritten).changed[0]?.what, ["path sent"]);
});

test("a policy that changes counts as a change of the calls to its destination", () => {
  const balanced = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec: { host: reviews, trafficPolicy: { loadBalancer: { simple: RANDOM } }, subsets: [{ name: v1, labels: { version: v1 } }] }
`;
  assert.deepEqual(summaryOf(toV1, balanced).changed[0]?.what, [
    'loadBalancer {"simple":"LEAST_REQUEST"} → {"simple":"RANDOM"}',
  ]);
});

test("a host that nobody knew is named as the new configuration knows it", () => {
  const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: outside }
spec: { hosts: [outside.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: STATIC, endpoints: [{ address: 10.0.0.9 }] }
`;
  const summary = summaryOf("", entry, { authority: "outside.example.com" });
  assert.equal(summary.host, "outside.example.com");
  assert.deepEqual([summary.lost, movesOf(summary)], [0, ["100 % go to any version instead of passing through"]]);
  const settings = { outboundTrafficPolicy: "REGISTRY_ONLY" } as const;
  assert.deepEqual(movesOf(summaryOf("", entry, { authority: "outside.example.com", settings })), [
    "100 % go to any version instead of being refused",
  ]);
});

test("a request is decided as its sender's namespace would have it", () => {
  const authority = "reviews.default:9080";
  const text = toV1.replace("metadata: { name: reviews }", "metadata: { name: reviews, namespace: other }");
  const local = text.replace(
    "spec: { hosts: [reviews]",
    "spec: { exportTo: ['.'], hosts: [reviews.default.svc.cluster.local]",
  );
  const routed = local.replace("host: reviews, subset", "host: reviews.default.svc.cluster.local, subset");
  assert.deepEqual(movesOf(summaryOf("", routed, { authority, namespace: "other" })), [
    "100 % go to v1 instead of any version",
  ]);
  assert.deepEqual(movesOf(summaryOf("", routed, { authority, namespace: "default" })), []);
});

test("headers that only the new configuration looks at are named", () => {
  const request = { method: "GET", scheme: "http", authority: "reviews:9080", path: "/", headers: {} };
  const client = { service: "productpage", namespace: "default", labels: {}, instance: undefined };
  const old = resources(`${mesh}---${toV1}`);
  const canary = rule(
    "{ match: [{ headers: { x-canary: { exact: '1' } } }], route: [{ destination: { host: reviews } }] }",
  );
  const { unrecordedHeaders } = replay([{ client, requests: [request] }], old, overlay(old, resources(canary)));
  assert.deepEqual(unrecordedHeaders, ["x-canary"]);
});

test("a resource that is not there yet is younger than all others, one that is keeps its age", () => {
  const aged = resources(toV1).map((resource) => ({
    ...resource,
    metadata: { ...resource.metadata, creationTimestamp: "2026-01-01T00:00:00Z" },
  }));
  const rival = toV1.replace("name: reviews", "name: a-rival");
  const both = overlay(aged, [...resources(rival), ...resources(toV1.replace("3s", "4s"))]);
  assert.deepEqual(
    both.map(({ metadata: { name, creationTimestamp } }) => [name, creationTimestamp]),
    [
      ["reviews", "2026-01-01T00:00:00Z"],
      ["a-rival", "9999-12-31T23:59:59Z"],
    ],
  );
});
