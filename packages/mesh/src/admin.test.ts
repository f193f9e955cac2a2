import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Decision } from "@intramesh/core";
import type { Mesh } from "./mesh.ts";
import type { RequestTimelines, TimedRequest } from "./request-timelines.ts";
import { createFixture, type Echo, echo, resources, service } from "./testing/mesh-fixture.ts";

describe("what a process shows", () => {
  const fixture = createFixture();
  let mesh: Mesh;

  before(async () => {
    mesh = await fixture.mesh(
      [
        ...service("ratings", { v1: await fixture.server(echo("v1")), v2: await fixture.server(echo("v2")) }),
        ...resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http:
  - { match: [{ headers: { end-user: { exact: jason } } }], route: [{ destination: { host: ratings, subset: v2 } }] }
  - { route: [{ destination: { host: ratings, subset: v1 } }] }
`),
      ],
      { adminPort: 0 },
    );
  });
  after(() => fixture.end());

  const page = async <Page>(path: string): Promise<Page> => (await fetch(mesh.adminUrl + path)).json() as Promise<Page>;

  it("answers x-intramesh-explain: 1 with the decision and keeps it", async () => {
    const response = await mesh.fetch("http://ratings/x", {
      headers: { "x-intramesh-explain": "1", "end-user": "jason" },
    });
    const decision = JSON.parse(response.headers.get("x-intramesh-explain")!) as Decision;
    assert.deepEqual([decision.virtualService, decision.destinations[0]?.subset], ["default/ratings", "v2"]);
    await response.text();
    const kept = await page<{ decision: Decision }[]>("/decisions");
    assert.deepEqual(kept.at(-1)?.decision, decision);
  });

  it("takes the wish of an inbound caller along, and that of a stranger away", async () => {
    for (const explain of ["loopback", "none"] as const) {
      const front = await fixture.mesh(service("ratings", { v1: await fixture.server(echo("v1")) }), { explain });
      const server = createServer(
        front.listener(async (_request, response) => response.end(await (await front.fetch("http://ratings/")).text())),
      );
      fixture.onServer(server);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { headers } = (await (await fetch(url, { headers: { "x-intramesh-explain": "1" } })).json()) as Echo;
      assert.equal(headers["x-intramesh-explain"], explain === "loopback" ? "1" : undefined);
    }
  });

  it("records the heads of requests, with the headers that the configuration looks at", async () => {
    await (
      await mesh.fetch("http://ratings/y?z=1", { headers: { "end-user": "eve", authorization: "secret" } })
    ).text();
    const { requests } = await page<{ requests: object[] }>("/recorded");
    assert.deepEqual(requests.at(-1), {
      method: "GET",
      scheme: "http",
      authority: "ratings",
      path: "/y?z=1",
      headers: { "end-user": "eve" },
    });
  });

  it("keeps secrets out of decisions, recorded requests and timelines", async () => {
    const port = await fixture.server(echo("v1"));
    const rule = resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http:
    - match: [{ headers: { authorization: { exact: none } } }, { headers: { cookie: { prefix: tier=gold } } }]
      route: [{ destination: { host: ratings } }]
`);
    const caller = await fixture.mesh([...service("ratings", { v1: port }), ...rule], {
      adminPort: 0,
      slowRequestMs: 0,
    });
    const headers = {
      authorization: "Bearer s3cret",
      cookie: "tier=gold; sid=s3cret",
      "x-api-key": "s3cret",
      "x-intramesh-explain": "1",
    };
    const response = await caller.fetch("http://ratings/?access_token=s3cret&page=2", { headers });
    assert.doesNotMatch(response.headers.get("x-intramesh-explain")!, /s3cret/);
    // The upstream gets them.
    assert.match(await response.text(), /s3cret/);
    for (const path of ["/decisions", "/recorded", "/slow", "/inflight"]) {
      const text = await (await fetch(caller.adminUrl + path)).text();
      assert.doesNotMatch(text, /s3cret/, path);
      if (path !== "/inflight") assert.match(text, /access_token=REDACTED&page=2/, path);
    }
  });

  it("shows snapshot, routes and clusters", async () => {
    const { service: name, resources: count } = await page<{ service: string; resources: number }>("/snapshot");
    assert.deepEqual([name, count], ["caller", 5]);
    const routes = await page<{ virtualService?: string }[]>("/routes");
    assert.ok(routes.some(({ virtualService }) => virtualService === "default/ratings"));
    const clusters = await page<{ cluster: string; endpoints: { active: number }[] }[]>("/clusters");
    assert.ok(clusters.every(({ endpoints }) => endpoints.every(({ active }) => active === 0)));
  });

  it("shows what runs, and a timeline of what was slow", async () => {
    let hear: (answer: () => void) => void;
    const asked = new Promise<() => void>((resolve) => {
      hear = resolve;
    });
    const slow = await fixture.server((_request, response) => hear(() => response.end("done")));
    const caller = await fixture.mesh(service("ratings", { v1: slow }), { adminPort: 0, slowRequestMs: 0 });
    const read = async <Page>(path: string): Promise<Page> =>
      (await fetch(caller.adminUrl + path)).json() as Promise<Page>;
    const call = caller.fetch("http://ratings/slow?x=1", { headers: { "x-request-id": "id-1" } });
    const answer = await asked;
    const { outbound } = await read<{ outbound: TimedRequest[] }>("/inflight");
    assert.deepEqual(
      outbound.map(({ url, status, attempts }) => [url, status, attempts.length, attempts[0]?.result]),
      [["http://ratings/slow?x=1", null, 1, null]],
    );
    answer();
    await (await call).text();
    assert.deepEqual((await read<{ outbound: TimedRequest[] }>("/inflight")).outbound, []);
    const { thresholdMs, slowest, latest } = await read<ReturnType<RequestTimelines["slow"]>>("/slow");
    assert.equal(thresholdMs, 0);
    assert.deepEqual(slowest, latest);
    const [timed] = slowest;
    const [attempt] = timed!.attempts;
    assert.deepEqual(
      [timed!.method, timed!.requestId, timed!.status, timed!.flags, attempt!.endpoint, attempt!.result],
      ["GET", "id-1", 200, "-", `127.0.0.1:${slow}`, 200],
    );
    const times = [
      0,
      timed!.decidedMs,
      attempt!.sentMs,
      attempt!.connectedMs!,
      attempt!.headMs!,
      timed!.headMs!,
      timed!.endMs,
    ];
    assert.deepEqual(
      times,
      [...times].sort((one, other) => one - other),
    );
  });

  it("shows each attempt of a request with what it came to", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      response.statusCode = calls === 1 ? 503 : 200;
      response.end();
    });
    const said: string[] = [];
    const logger = { warn: () => undefined, info: () => undefined, debug: (message: string) => said.push(message) };
    const rule = resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ retries: { attempts: 2, retryOn: 5xx }, route: [{ destination: { host: ratings } }] }]
`);
    const caller = await fixture.mesh([...service("ratings", { v1: port }), ...rule], {
      adminPort: 0,
      slowRequestMs: 0,
      logLevel: "debug",
      logger,
    });
    await (await caller.fetch("http://ratings/")).text();
    const { slowest } = (await (await fetch(`${caller.adminUrl}/slow`)).json()) as ReturnType<RequestTimelines["slow"]>;
    assert.deepEqual(
      slowest[0]?.attempts.map(({ number, result }) => [number, result]),
      [
        [1, 503],
        [2, 200],
      ],
    );
    assert.ok(
      said.some((line) => line.includes(`is tried again`) && line.includes(`attempt 1 to 127.0.0.1:${port} failed`)),
      said.join("\n"),
    );
    assert.ok(said.some((line) => line.includes(`127.0.0.1:${port} came; none went`)));
    assert.ok(said.some((line) => line.includes("is in force")));
  });

  it("changes its log level while it runs, by POST", async () => {
    const said: string[] = [];
    const caller = await fixture.mesh(service("ratings", { v1: await fixture.server(echo("v1")) }), {
      adminPort: 0,
      logger: { warn: (message) => said.push(message) },
    });
    const url = `${caller.adminUrl}/log`;
    assert.equal(((await (await fetch(url)).json()) as { level: string }).level, "warn");
    await (await caller.fetch("http://ratings/")).text();
    assert.deepEqual(said, []);
    const wrong = await fetch(`${url}?level=loud`, { method: "POST" });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /level=off, warn, info, debug/);
    const changed = (await (await fetch(`${url}?level=debug`, { method: "POST" })).json()) as { level: string };
    assert.equal(changed.level, "debug");
    await (await caller.fetch("http://ratings/", { headers: { host: "ratings" } })).text();
    assert.equal(
      ((await (await fetch(`${caller.adminUrl}/snapshot`)).json()) as { logLevel: string }).logLevel,
      "debug",
    );
  });

  it("lists its pages, and lets none be changed but by POST", async () => {
    const { pages } = await page<{ pages: Record<string, string> }>("/");
    const expected = [
      "/snapshot",
      "/routes",
      "/clusters",
      "/decisions",
      "/recorded",
      "/inflight",
      "/slow",
      "/metrics",
      "/log",
    ];
    assert.deepEqual(Object.keys(pages), expected);
    for (const path of expected) assert.equal((await fetch(mesh.adminUrl + path)).status, 200, path);
    const html = await fetch(`${mesh.adminUrl}/`, { headers: { accept: "text/html" } });
    assert.match(await html.text(), /<a href="\/slow">/);
    const posted = await fetch(`${mesh.adminUrl}/clusters`, { method: "POST" });
    assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
  });

  it("shows the clusters and routes of a name", async () => {
    await (await mesh.fetch("http://ratings/")).text();
    const keys = async (query: string): Promise<string[]> =>
      (await page<{ key: string }[]>(`/clusters${query}`)).map(({ key }) => key);
    assert.ok((await keys("?name=ratings")).length > 0);
    assert.deepEqual(await keys("?name=nobody"), []);
    assert.deepEqual(await page("/routes?name=nobody"), []);
    assert.equal((await page<unknown[]>("/routes?name=ratings")).length, 1);
  });

  for (const target of ["//", "//[", "http://[", "*", "/%zz", "/?%"]) {
    it(`outlives a request for ${target}`, async () => {
      const socket = connect(Number(new URL(mesh.adminUrl!).port), "127.0.0.1");
      socket.write(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
      const [head] = (await once(socket, "data")) as [Buffer];
      assert.match(String(head), /^HTTP\/1\.1 (?:200|400|404) /);
      socket.destroy();
    });
  }

  for (const [title, method, path, headers, status] of [
    ["a name that leads here (DNS rebinding)", "GET", "/snapshot", { host: "evil.example:15000" }, 403],
    ["a name that only begins like one of ours", "GET", "/snapshot", { host: "localhost.evil.example" }, 403],
    ["another site's page", "GET", "/snapshot", { host: "127.0.0.1", "sec-fetch-site": "cross-site" }, 403],
    ["a POST of another origin", "POST", "/log?level=off", { host: "127.0.0.1", origin: "http://evil.example" }, 403],
    ["a POST of a page without an origin", "POST", "/log?level=off", { host: "127.0.0.1", origin: "null" }, 403],
    ["localhost", "GET", "/snapshot", { host: "localhost:1" }, 200],
    ["IPv6's loopback", "GET", "/snapshot", { host: "[::1]:1" }, 200],
    ["its own page", "POST", "/log?level=warn", { host: "localhost:1", origin: "http://localhost:1" }, 200],
  ] as const) {
    it(`answers ${title} with ${status}`, async () => {
      const request = httpRequest(`${mesh.adminUrl}${path}`, { method, headers });
      request.end();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.resume();
      assert.equal(response.statusCode, status);
    });
  }

  it("names its pages where there is none of the name asked for", async () => {
    const response = await fetch(`${mesh.adminUrl}/nothing`);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /\/clusters/);
  });

  it("refuses a port that is taken, by name", async () => {
    const taken = await fixture.server(() => undefined);
    await assert.rejects(fixture.mesh([], { adminPort: taken }), {
      code: "MESH_BAD_OPTION",
      message: new RegExp(`adminPort is ${taken}`),
    });
  });
});
