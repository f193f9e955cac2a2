import assert from "node:assert/strict";
import { it } from "node:test";
import { type Decision, HeaderMap, type MeshPolicy } from "@intramesh/core";
import { compileRouteTable } from "../route-table.ts";
import {
  clusterOf,
  destinationOf,
  forwardTo,
  matchOf,
  meshOf,
  routeOf,
  serviceOf,
  virtualHostOf,
} from "../testing/policies.ts";
import { type ExplainRequest, explainRequest } from "./explain-request.ts";

const reviews = serviceOf("reviews");
const jason = { name: "end-user", match: { kind: "exact", value: "jason" } } as const;

function explain(policy: MeshPolicy, parts: Partial<ExplainRequest> = {}): Decision {
  const request = {
    method: "GET",
    scheme: "http",
    authority: "reviews",
    path: "/",
    headers: new HeaderMap(),
    ...parts,
  };
  return explainRequest(policy, compileRouteTable(policy), request);
}

it("every match up to the one taken is listed with what it expected and what was there", () => {
  const routes = [
    routeOf({
      index: 0,
      name: "jason",
      matches: [
        matchOf({ headers: [jason] }),
        matchOf({ index: 1, excluded: "sourceLabels app=batch: the caller has none" }),
      ],
    }),
    routeOf({ index: 1, matches: [matchOf({ uri: { kind: "prefix", value: "/r" } })] }),
    routeOf({ index: 2 }),
  ];
  const decision = explain(meshOf([reviews], [virtualHostOf(["reviews"], { routes })]), { path: "/reviews/0?x" });
  assert.deepEqual(decision.why.slice(0, 4), [
    "host reviews → reviews → VirtualService default/reviews",
    'http[0] "jason".match[0]: headers end-user exact jason: absent',
    'http[0] "jason".match[1]: not for this caller: sourceLabels app=batch: the caller has none',
    "http[1].match[0]: matches: uri prefix /r: /reviews/0",
  ]);
});

it("a VirtualService that names the host in vain is mentioned", () => {
  const rules = [virtualHostOf(["reviews"]), virtualHostOf(["reviews"], { virtualService: "default/late" })];
  const { why } = explain(meshOf([reviews], rules));
  assert.ok(why.includes("VirtualService default/late names the host too, but default/reviews has it alone"));
});

it("a destination that is not known is told apart from those that are", () => {
  const action = forwardTo(
    destinationOf("reviews", { weight: 1, percent: 50 }),
    destinationOf("nowhere", { weight: 1, percent: 50 }),
  );
  const policy = meshOf([reviews], [virtualHostOf(["reviews"], { routes: [routeOf({ action })] })], {
    cluster: ({ host }) => (host === "reviews" ? clusterOf(reviews) : undefined),
  });
  const decision = explain(policy);
  assert.equal(decision.outcome, "forward");
  assert.deepEqual(
    decision.destinations.map(({ known, weight }) => [known, weight]),
    [
      [true, 50],
      [false, 50],
    ],
  );
});

it("the request is shown as it would leave: rewritten, with the operations of both levels done", () => {
  const destination = destinationOf("reviews", {
    authority: "inner.example",
    requestSteps: [
      { kind: "remove", name: "x-debug" },
      { kind: "set", name: "x-tenant", value: "%REQ(end-user)%" },
    ],
  });
  const action = { ...forwardTo(destination), rewrite: { kind: "uri", uri: "/v2/" } } as const;
  const policy = meshOf([reviews], [virtualHostOf(["reviews"], { routes: [routeOf({ action })] })]);
  const headers = HeaderMap.from(Object.entries({ "x-debug": "1", "end-user": "jason" }));
  assert.deepEqual(explain(policy, { path: "/x?y", headers }).destinations[0]?.sent, {
    path: "/v2/x?y",
    authority: "inner.example",
    headers: { "end-user": "jason", "x-tenant": "jason" },
  });
});

it("an unknown host is passed through, or answered 502 where only registered hosts are allowed", () => {
  assert.equal(explain(meshOf([], [])).response, null);
  const strict = explain(meshOf([], [], { outboundTrafficPolicy: "REGISTRY_ONLY" }));
  assert.deepEqual([strict.outcome, strict.response?.status], ["unknown-host", 502]);
});

it("the port called is the URL's, whatever the Host header says", () => {
  const policy = meshOf([serviceOf("reviews", { ports: [{ number: 9080, name: "http", protocol: "http" }] })], []);
  assert.equal(explain(policy, { authority: "reviews" }).outcome, "unknown-host");
  assert.equal(explain(policy, { authority: "reviews", port: 9080 }).port, 9080);
});

it("a header by any name is shown", () => {
  const headers = HeaderMap.from([
    ["__proto__", "1"],
    ["constructor", "2"],
    ["x", "3"],
    ["x", "4"],
  ]);
  const sent = explain(meshOf([reviews], []), { headers }).destinations[0]?.sent.headers;
  assert.equal(JSON.stringify(sent), '{"__proto__":"1","constructor":"2","x":"3,4"}');
});

it("a path that cannot be normalised is answered 400", () => {
  const decision = explain(meshOf([reviews], []), { path: "/a%00" });
  assert.deepEqual([decision.outcome, decision.response?.status], ["respond", 400]);
});
