import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Mesh } from "./mesh.ts";
import { createFixture, type Echo, echo, resources, service } from "./testing/mesh-fixture.ts";

const virtualServices = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
  - match: [{ headers: { end-user: { exact: jason } } }]
    route: [{ destination: { host: reviews, subset: v2 } }]
  - match: [{ uri: { prefix: /old/ } }]
    rewrite: { uri: /new/, authority: other.example }
    route: [{ destination: { host: reviews, subset: v1 } }]
    headers: { request: { set: { x-added: route }, remove: [x-secret] }, response: { set: { x-answer: "yes" }, remove: [x-upstream] } }
  - match: [{ uri: { exact: /moved } }]
    redirect: { uri: /here, redirectCode: 302 }
  - match: [{ uri: { exact: /direct } }]
    directResponse: { status: 418, body: { string: "short and stout" } }
    headers: { response: { set: { x-direct: "yes", x-said: "%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %UPSTREAM_HOST%" } } }
  - name: told
    match: [{ name: all, uri: { prefix: /told } }]
    route: [{ destination: { host: reviews, subset: v1 } }]
    headers:
      request:
        set:
          x-from: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% to %DOWNSTREAM_LOCAL_PORT%"
          x-route: "%ROUTE_NAME% %UPSTREAM_CLUSTER% %PROTOCOL% %ENVIRONMENT(INTRAMESH_NOTHING)%"
          x-path: "%PATH(NQ)% %QUERY_PARAM(q)%"
          x-start: "%START_TIME(%Y)%"
          x-too-early: "%UPSTREAM_HOST%"
      response:
        set: { x-upstream-host: "%UPSTREAM_HOST%", x-code: "%RESPONSE_CODE% %RESPONSE_FLAGS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%" }
  - match: [{ uri: { exact: /abort } }]
    fault: { abort: { percentage: { value: 100 }, httpStatus: 555 } }
    route: [{ destination: { host: reviews, subset: v1 } }]
  - match: [{ uri: { exact: /cors } }]
    corsPolicy: { allowOrigins: [{ exact: https://shop.example }], allowMethods: [GET], exposeHeaders: [x-total] }
    route: [{ destination: { host: reviews, subset: v1 } }]
  - match: [{ uri: { exact: /unknown-subset } }]
    route: [{ destination: { host: reviews, subset: nowhere } }]
  - match: [{ uri: { exact: /empty } }]
    route: [{ destination: { host: empty } }]
  - match: [{ uri: { prefix: /split } }]
    route:
    - { destination: { host: reviews, subset: v1 }, weight: 80 }
    - { destination: { host: reviews, subset: v2 }, weight: 20 }
  - match: [{ uri: { prefix: / }, method: { exact: GET } }]
    route: [{ destination: { host: reviews, subset: v1 } }]
`;

describe("routing of a mesh", () => {
  const fixture = createFixture();
  let mesh: Mesh;
  const call = async (path: string, init?: RequestInit): Promise<Echo> =>
    (await mesh.fetch(`http://reviews${path}`, init)).json() as Promise<Echo>;

  before(async () => {
    const [v1, v2] = [await fixture.server(echo("v1")), await fixture.server(echo("v2"))];
    mesh = await fixture.mesh([
      ...service("reviews", { v1, v2 }),
      ...resources(
        "apiVersion: v1\nkind: Service\nmetadata: { name: empty }\nspec: { selector: { app: empty }, ports: [{ name: http, port: 80 }] }",
      ),
      ...resources(virtualServices),
    ]);
  });
  after(() => fixture.end());

  it("goes where a header says", async () => {
    assert.equal((await call("/", { headers: { "End-User": "jason" } })).name, "v2");
    assert.equal((await call("/")).name, "v1");
  });

  it("keeps the logical name as Host", async () => {
    assert.equal((await call("/")).headers["host"], "reviews");
  });

  it("rewrites path and authority and changes headers both ways", async () => {
    const response = await mesh.fetch("http://reviews/old/book?page=1", { headers: { "x-secret": "s" } });
    const seen = (await response.json()) as Echo;
    assert.equal(seen.url, "/new/book?page=1");
    assert.equal(seen.headers["host"], "other.example");
    assert.equal(seen.headers["x-added"], "route");
    assert.equal(seen.headers["x-secret"], undefined);
    assert.equal(seen.headers["x-envoy-original-path"], "/old/book?page=1");
    assert.equal(response.headers.get("x-answer"), "yes");
    assert.equal(response.headers.get("x-upstream"), null);
  });

  it("redirects", async () => {
    const response = await mesh.fetch("http://reviews/moved", { redirect: "manual" });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "http://reviews/here");
    assert.equal((await call("/moved")).url, "/here");
  });

  it("answers directly", async () => {
    const response = await mesh.fetch("http://reviews/direct");
    assert.equal(response.status, 418);
    assert.equal(response.headers.get("x-direct"), "yes");
    assert.equal(response.headers.get("x-said"), "418 direct_response");
    assert.equal(await response.text(), "short and stout");
  });

  it("fills in Envoy's operators, each with what is known when it is sent", async () => {
    const response = await mesh.fetch("http://reviews/told/of?q=7");
    const { headers } = (await response.json()) as Echo;
    assert.equal(headers["x-from"], "127.0.0.1 to 80");
    assert.equal(headers["x-route"], "told.all outbound|80|v1|reviews.default.svc.cluster.local HTTP/1.1 -");
    assert.equal(headers["x-path"], "/told/of 7");
    assert.match(headers["x-start"] ?? "", /^20\d\d$/);
    assert.equal(headers["x-too-early"], undefined);
    assert.match(response.headers.get("x-upstream-host") ?? "", /^127\.0\.0\.1:\d+$/);
    assert.equal(response.headers.get("x-code"), "200 - 1");
  });

  it("injects an abort and says so", async () => {
    const response = await mesh.fetch("http://reviews/abort");
    assert.equal(response.status, 555);
    assert.equal(response.headers.get("x-intramesh-response-flags"), "FI");
    assert.equal(await response.text(), "fault filter abort");
  });

  it("answers a preflight itself and marks other responses for the browser", async () => {
    const headers = { origin: "https://shop.example", "access-control-request-method": "GET" };
    const preflight = await mesh.fetch("http://reviews/cors", { method: "OPTIONS", headers });
    assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-methods")], [200, "GET"]);
    assert.equal(preflight.headers.get("x-upstream"), null);
    const ordinary = await mesh.fetch("http://reviews/cors", { headers: { origin: "https://shop.example" } });
    assert.equal(ordinary.headers.get("access-control-allow-origin"), "https://shop.example");
    assert.equal(((await ordinary.json()) as Echo).name, "v1");
  });

  it("lets nothing through in the clear where a DestinationRule asks for certificates, upgrades and fallbacks included", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      response.end("in the clear");
    });
    const secured = await fixture.mesh([
      ...service("secure", { v1: port }).filter(({ kind }) => kind !== "DestinationRule"),
      ...service("plain", { v1: 1 }),
      ...resources(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: secure }
spec: { host: secure, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }
---
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: plain }
spec: { host: plain, fallback: { destination: { host: secure } } }
`),
    ]);
    const refused = await secured.fetch("http://secure/");
    assert.equal(refused.status, 503);
    assert.match(await refused.text(), /asks for trafficPolicy\.tls\.mode ISTIO_MUTUAL/);
    const fallenBack = await secured.fetch("http://plain/");
    assert.equal(fallenBack.status, 503);
    const upgrade = secured.dispatcher.upgrade({ origin: "http://secure", path: "/", protocol: "echo" } as never);
    await assert.rejects(upgrade);
    assert.equal(calls, 0);
  });

  it("refuses, with the reason, to follow rules below HTTP", async () => {
    const layer4 = await fixture.mesh(
      resources(`
apiVersion: v1
kind: Service
metadata: { name: mongo }
spec: { selector: { app: mongo }, ports: [{ name: mongo, port: 27017 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: mongo }
spec: { hosts: [mongo], tcp: [{ route: [{ destination: { host: mongo } }] }] }
`),
    );
    const response = await layer4.fetch("http://mongo:27017/");
    assert.equal(response.status, 503);
    assert.match(
      await response.text(),
      /port 27017 speaks mongo and VirtualService default\/mongo routes it by its tcp rules/,
    );
  });

  it("answers 404 NR where no route matches", async () => {
    const response = await mesh.fetch("http://reviews/", { method: "DELETE" });
    assert.equal(response.status, 404);
    assert.equal(response.headers.get("x-intramesh-response-flags"), "NR");
    assert.equal(await response.text(), "");
  });

  it("answers 503 NC where the subset does not exist", async () => {
    const response = await mesh.fetch("http://reviews/unknown-subset");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("x-intramesh-response-flags"), "NC");
  });

  it("answers 503 UH where the service has no endpoint", async () => {
    const response = await mesh.fetch("http://reviews/empty");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("x-intramesh-response-flags"), "UH");
    assert.equal(await response.text(), "no healthy upstream");
  });

  it("answers 400 to a path that cannot be normalised", async () => {
    const response = await mesh.dispatcher.request({ origin: "http://reviews", path: "/a%00b", method: "GET" });
    assert.equal(response.statusCode, 400);
    await response.body.dump();
  });

  it("splits by weight", async () => {
    const names = await Promise.all(Array.from({ length: 500 }, () => call("/split")));
    const share = names.filter(({ name }) => name === "v2").length;
    assert.ok(share > 60 && share < 140, `${share} of 500 went to v2, expected about 100`);
  });

  it("passes an unknown host through", async () => {
    const port = await fixture.server(echo("outside"));
    const response = await mesh.fetch(`http://127.0.0.1:${port}/x`);
    assert.equal(((await response.json()) as Echo).name, "outside");
  });

  it("answers 502 to an unknown host under REGISTRY_ONLY", async () => {
    const strict = await fixture.mesh([], { outboundTrafficPolicy: "REGISTRY_ONLY" });
    const response = await strict.fetch("http://127.0.0.1:9/x");
    assert.equal(response.status, 502);
  });

  it("explains what it does", () => {
    const decision = mesh.explain("http://reviews/", { headers: { "end-user": "jason" } });
    assert.equal(decision.outcome, "forward");
    assert.equal(decision.virtualService, "default/reviews");
    assert.deepEqual([decision.route?.index, decision.destinations[0]?.subset], [0, "v2"]);
    assert.ok(decision.why.length > 0);
  });

  it("makes its own answers errors where throwOnMeshFailure asks for it", async () => {
    const strict = await fixture.mesh([...service("reviews", { v1: 1 }), ...resources(virtualServices)], {
      throwOnMeshFailure: true,
    });
    await assert.rejects(strict.fetch("http://reviews/abort"), {
      name: "MeshError",
      code: "MESH_REQUEST_REFUSED",
      status: 555,
    });
  });

  it("refuses calls after close", async () => {
    const closed = await fixture.mesh([]);
    await closed.close();
    await assert.rejects(closed.fetch("http://reviews/"), { name: "MeshError", code: "MESH_CLOSED" });
  });
});
