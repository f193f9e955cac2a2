import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { createFixture, echo, resources, service } from "./testing/mesh-fixture.ts";

describe("mirroring", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  const rule = (mirror: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ route: [{ destination: { host: ratings, subset: v1 } }], headers: { request: { set: { x-shaped: "yes" } } }, ${mirror} }]
`;

  it("sends one copy with headers and body, and drops its answer", async () => {
    const copies = new EventEmitter();
    const shadow = await fixture.server(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      response.statusCode = 500;
      response.end("nobody reads this");
      copies.emit("copy", { url: request.url, body, shaped: request.headers["x-shaped"] });
    });
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(echo("real")), v2: shadow }),
      ...resources(rule("mirror: { host: ratings, subset: v2 }")),
    ]);
    for (const body of ["text", Readable.toWeb(Readable.from([Buffer.from("text")])) as ReadableStream]) {
      const copied = once(copies, "copy");
      const response = await mesh.fetch("http://ratings/a?b=1", {
        method: "POST",
        body,
        duplex: "half",
      } as RequestInit);
      assert.equal(response.status, 200);
      assert.deepEqual(await copied, [{ url: "/a?b=1", body: "text", shaped: "yes" }]);
    }
    const page = await mesh.metrics();
    assert.match(
      page,
      /envoy_cluster_upstream_rq_mirrored\{envoy_cluster_name="outbound\|80\|v2\|ratings\.default\.svc\.cluster\.local"\} 2/,
    );
    assert.doesNotMatch(page, /istio_requests_total\{[^}]*destination_version="v2"/);
  });

  it("sends none at 0 %", async () => {
    let copies = 0;
    const shadow = await fixture.server((_request, response) => {
      copies += 1;
      response.end();
    });
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(echo("real")), v2: shadow }),
      ...resources(rule("mirror: { host: ratings, subset: v2 }, mirrorPercentage: { value: 0 }")),
    ]);
    for (let turn = 0; turn < 20; turn += 1) await (await mesh.fetch("http://ratings/")).text();
    assert.equal(copies, 0);
  });

  it("does not fail a call whose mirror is dead, and bounds what is in flight to a silent one", async () => {
    const silent = await fixture.server(() => undefined);
    for (const shadow of [1, silent]) {
      const mesh = await fixture.mesh([
        ...service("ratings", { v1: await fixture.server(echo("real")), v2: shadow }),
        ...resources(rule("mirror: { host: ratings, subset: v2 }")),
      ]);
      for (let turn = 0; turn < 150; turn += 1) {
        const response = await mesh.fetch("http://ratings/");
        assert.equal(response.status, 200);
        await response.text();
      }
      const dropped = /envoy_cluster_upstream_rq_mirror_dropped\{[^}]*\|v2\|[^}]*\} (\d+)/.exec(await mesh.metrics());
      assert.equal(Number(dropped?.[1]), shadow === silent ? 50 : 0);
    }
  });
});
