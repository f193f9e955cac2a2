import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Decision } from "@intramesh/core";
import type { Mesh } from "./mesh.ts";
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

  it("shows snapshot, routes and clusters", async () => {
    const { service: name, resources: count } = await page<{ service: string; resources: number }>("/snapshot");
    assert.deepEqual([name, count], ["caller", 5]);
    const routes = await page<{ virtualService?: string }[]>("/routes");
    assert.ok(routes.some(({ virtualService }) => virtualService === "default/ratings"));
    const clusters = await page<{ cluster: string; endpoints: { active: number }[] }[]>("/clusters");
    assert.ok(clusters.every(({ endpoints }) => endpoints.every(({ active }) => active === 0)));
  });

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
