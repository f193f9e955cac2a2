import assert from "node:assert/strict";
import { Socket } from "node:net";
import { after, describe, it } from "node:test";
import { createFixture, echo, resources, service } from "./testing/mesh-fixture.ts";

const keepalive = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ratings }
spec:
  host: ratings
  trafficPolicy: { connectionPool: { tcp: { tcpKeepalive: { time: 30s, interval: 5s, probes: 3 } } } }
`;

describe("connections of a mesh", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  it("are probed as the DestinationRule's tcpKeepalive says", async (t) => {
    const set = t.mock.method(Socket.prototype, "setKeepAlive");
    const state = service("ratings", { v1: await fixture.server(echo("ratings")) });
    const mesh = await fixture.mesh([
      ...state.filter(({ kind }) => kind !== "DestinationRule"),
      ...resources(keepalive),
    ]);
    await (await mesh.fetch("http://ratings/")).arrayBuffer();
    const given = set.mock.calls.map((call) => call.arguments);
    assert.deepEqual(given.at(-1), [true, 30_000, 5_000, 3]);
  });

  it("give up a request whose body stands still: 408 SI, and its place comes back", async () => {
    const state = service("ratings", { v1: await fixture.server((request) => request.resume()) });
    const mesh = await fixture.mesh(state, { bodyIdleTimeoutMs: 50 });
    let cancelled = false;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from("half")),
      cancel: () => {
        cancelled = true;
      },
    });
    const response = await mesh.fetch("http://ratings/", { method: "POST", body, duplex: "half" } as RequestInit);
    assert.deepEqual([response.status, response.headers.get("x-intramesh-response-flags")], [408, "SI"]);
    assert.equal(await response.text(), "stream timeout");
    assert.equal(cancelled, true);
    assert.match(await mesh.metrics(), /envoy_cluster_upstream_rq_active\{[^}]*ratings[^}]*\} 0\n/);
  });
});
