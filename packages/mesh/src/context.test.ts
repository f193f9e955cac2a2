import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import type { Mesh } from "./mesh.ts";
import { createFixture, type Echo, echo, service } from "./testing/mesh-fixture.ts";

describe("context of a request", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  /** A meshed server that calls `backend` for each request and answers with what the backend saw. */
  async function frontend(mesh: Mesh, own: Readonly<Record<string, string>> = {}): Promise<string> {
    const server = createServer(
      mesh.listener(async (_request, response) => {
        await new Promise(setImmediate);
        const answer = await mesh.fetch("http://backend/", { headers: own });
        response.end(await answer.text());
      }),
    );
    fixture.onServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function backendMesh(): Promise<Mesh> {
    return fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }), {
      service: { name: "frontend", version: "v7" },
    });
  }

  it("keeps 10,000 interleaved requests of 100 users apart", async () => {
    const url = await frontend(await backendMesh());
    let next = 0;
    const callers = Array.from({ length: 100 }, async () => {
      while (next < 10_000) {
        const user = `user-${next++ % 100}`;
        const response = await fetch(url, { headers: { "end-user": user, "x-request-id": `id-${user}` } });
        const { headers } = (await response.json()) as Echo;
        assert.deepEqual([headers["end-user"], headers["x-request-id"]], [user, `id-${user}`]);
      }
    });
    await Promise.all(callers);
  });

  it("carries W3C and B3 trace context and baggage on, without an SDK", async () => {
    const url = await frontend(await backendMesh());
    const sent = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "vendor=1",
      baggage: "k=v",
      "x-b3-traceid": "0af7651916cd43dd8448eb211c80319c",
      "x-b3-spanid": "b7ad6b7169203331",
      "x-b3-sampled": "1",
    };
    const { headers } = (await (await fetch(url, { headers: sent })).json()) as Echo;
    for (const [name, value] of Object.entries(sent)) assert.equal(headers[name], value);
  });

  it("carries nothing that is not named", async () => {
    const url = await frontend(await backendMesh());
    const { headers } = (await (await fetch(url, { headers: { "x-private": "1", cookie: "a=b" } })).json()) as Echo;
    assert.deepEqual([headers["x-private"], headers["cookie"]], [undefined, undefined]);
  });

  it("makes a request id where there is none", async () => {
    const url = await frontend(await backendMesh());
    const { headers } = (await (await fetch(url)).json()) as Echo;
    assert.match(headers["x-request-id"]!, /^[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it("does not overwrite a header that the program sets itself", async () => {
    const url = await frontend(await backendMesh(), { "end-user": "of-the-program" });
    const { headers } = (await (await fetch(url, { headers: { "end-user": "jason" } })).json()) as Echo;
    assert.equal(headers["end-user"], "of-the-program");
  });

  it("reports each call from both sides on /metrics", async () => {
    const mesh = await backendMesh();
    const url = await frontend(mesh);
    await (await fetch(url)).text();
    const page = await (await fetch(`${url}/metrics`)).text();
    const source = page
      .split("\n")
      .find((line) => line.startsWith("istio_requests_total") && line.includes('reporter="source"'));
    const labels = [
      'source_workload="frontend-v7"',
      'source_app="frontend"',
      'destination_workload="backend-v1"',
      'destination_service="backend.default.svc.cluster.local"',
      'destination_service_name="backend"',
      'destination_version="v1"',
      'request_protocol="http"',
      'response_code="200"',
      'response_flags="-"',
      'connection_security_policy="unknown"',
    ];
    for (const label of labels) assert.ok(source?.includes(label), `${label} in ${source}`);
    assert.match(source!, / 1$/);
    assert.match(
      page,
      /istio_requests_total\{reporter="destination",[^\n]*destination_workload="frontend-v7"[^\n]* 1\n/,
    );
    assert.match(page, /istio_request_duration_milliseconds_bucket\{le="0\.5",reporter="source"/);
    assert.match(page, /istio_request_duration_milliseconds_count\{reporter="destination"/);
  });
});
