import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { createFixture, resources, service } from "./testing/mesh-fixture.ts";

const calls = 12;

const pinnedByUser = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: pinned }
spec: { host: pinned, trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: x-user } } } }
`;

const mirrored = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ route: [{ destination: { host: ratings } }], mirror: { host: pinned } }]
`;

describe("consistent hashing pins requests that take no chain", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  /** Eight replicas of `pinned`; `arrived` resolves to who was called once `calls` requests have come. */
  async function pinned() {
    const called: number[] = [];
    const arrivals = new EventEmitter();
    const all = once(arrivals, "all");
    const ports = await Promise.all(
      Array.from({ length: 8 }, async (_, replica) => {
        const arrive = (): void => {
          called.push(replica);
          if (called.length === calls) arrivals.emit("all");
        };
        const server = createServer((_request, response) => {
          arrive();
          response.end();
        });
        server.on("upgrade", (_request, socket) => {
          arrive();
          socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        });
        fixture.onServer(server);
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return (server.address() as AddressInfo).port;
      }),
    );
    const state = service("pinned", { v1: ports }).filter(({ kind }) => kind !== "DestinationRule");
    const arrived = all.then(() => new Set(called));
    return { state: [...state, ...resources(pinnedByUser)], arrived };
  }

  const headers = { "x-user": "jason" };

  it("copies for a mirror, by the mirror's own DestinationRule", async () => {
    const { state, arrived } = await pinned();
    const port = await fixture.server((_request, response) => void response.end());
    const mesh = await fixture.mesh([...state, ...service("ratings", { v1: port }), ...resources(mirrored)]);
    for (let call = 0; call < calls; call += 1) await (await mesh.fetch("http://ratings/", { headers })).text();
    assert.equal((await arrived).size, 1);
  });

  it("fallbacks", async () => {
    const { state, arrived } = await pinned();
    const port = await fixture.server((_request, response) => {
      response.statusCode = 500;
      response.end();
    });
    const policy = `
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: ratings }
spec: { host: ratings, fallback: { destination: { host: pinned } } }
`;
    const mesh = await fixture.mesh([...state, ...service("ratings", { v1: port }), ...resources(policy)]);
    for (let call = 0; call < calls; call += 1) {
      const response = await mesh.fetch("http://ratings/", { headers });
      assert.equal(response.status, 200);
      await response.text();
    }
    assert.equal((await arrived).size, 1);
  });

  it("upgrades", async () => {
    const { state, arrived } = await pinned();
    const mesh = await fixture.mesh(state);
    for (let call = 0; call < calls; call += 1) {
      const { socket } = await mesh.dispatcher.upgrade({
        origin: "http://pinned",
        path: "/",
        protocol: "echo",
        headers,
      } as never);
      socket.destroy();
    }
    assert.equal((await arrived).size, 1);
  });
});
