import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import type { Resource } from "@intramesh/config";
import { type NameServer, startNameServer } from "../../discovery/src/testing/name-server.ts";
import type { Mesh } from "./mesh.ts";
import type { MeshOptions } from "./options.ts";
import { createFixture, resources, service } from "./testing/mesh-fixture.ts";

/** A ServiceEntry for `outside.example`, found by its own name. */
function outside(targetPort: number, resolution = "DNS"): Resource[] {
  return resources(`
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: outside }
spec:
  hosts: [outside.example]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${targetPort} }]
  resolution: ${resolution}
`);
}

/** A route or policy for `ratings` that leads to `outside.example` beside it. */
const mirrored = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ route: [{ destination: { host: ratings } }], mirror: { host: outside.example } }]
`;
const fallback = `
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: ratings }
spec: { host: ratings, fallback: { destination: { host: outside.example } } }
`;

describe("the first call to a name", () => {
  const fixture = createFixture();
  let dns: NameServer;
  before(async () => {
    dns = await startNameServer();
    dns.set("outside.example", [{ address: "127.0.0.1" }]);
  });
  after(async () => {
    await fixture.end();
    await dns.close();
  });

  const start = (state: readonly Resource[], options: MeshOptions = {}): Promise<Mesh> =>
    fixture.mesh(state, { dnsServers: [dns.address], ...options });

  for (const resolution of ["DNS", "DNS_ROUND_ROBIN"]) {
    it(`of resolution ${resolution} keeps it for a Host header`, async () => {
      const port = await fixture.server(({ headers }, response) => void response.end(headers.host));
      const mesh = await start(outside(port, resolution));
      assert.equal(await (await mesh.fetch("http://outside.example/")).text(), "outside.example");
    });

    it(`of resolution ${resolution} keeps it for the TLS server name`, async () => {
      const names = new EventEmitter();
      const server = createTlsServer({
        SNICallback: (name, done) => {
          names.emit("name", name);
          done(new Error("there is no certificate"));
        },
      });
      server.on("tlsClientError", () => undefined);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const tls = resources(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: outside }
spec: { host: outside.example, trafficPolicy: { tls: { mode: SIMPLE } } }
`);
      const mesh = await start([...outside((server.address() as AddressInfo).port, resolution), ...tls]);
      const [[name], response] = await Promise.all([once(names, "name"), mesh.fetch("http://outside.example/")]);
      assert.equal(name, "outside.example");
      assert.equal(response.status, 503);
      server.close();
    });
  }

  it("may be an upgrade", async () => {
    const server = createServer();
    server.on("upgrade", (_request, socket) => {
      socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
    });
    fixture.onServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const mesh = await start(outside((server.address() as AddressInfo).port));
    const upgrade = { origin: "http://outside.example", path: "/", protocol: "echo" };
    const { socket } = await mesh.dispatcher.upgrade(upgrade as never);
    socket.destroy();
  });

  it("may be a mirror's copy", async () => {
    const arrivals = new EventEmitter();
    const copied = once(arrivals, "copy");
    const port = await fixture.server((_request, response) => void response.end());
    const copyPort = await fixture.server((request, response) => {
      arrivals.emit("copy", request.url);
      response.end();
    });
    const mesh = await start([...service("ratings", { v1: port }), ...outside(copyPort), ...resources(mirrored)]);
    await (await mesh.fetch("http://ratings/copied")).text();
    assert.deepEqual(await copied, ["/copied"]);
  });

  it("may be a fallback", async () => {
    const port = await fixture.server((_request, response) => {
      response.statusCode = 500;
      response.end();
    });
    const spare = await fixture.server((_request, response) => void response.end("spare"));
    const mesh = await start([...service("ratings", { v1: port }), ...outside(spare), ...resources(fallback)]);
    assert.equal(await (await mesh.fetch("http://ratings/")).text(), "spare");
  });

  it("is bounded by the route's timeout", async () => {
    dns.set("outside.example", "SILENCE");
    const timeout = resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: outside }
spec: { hosts: [outside.example], http: [{ route: [{ destination: { host: outside.example } }], timeout: 50ms }] }
`);
    const mesh = await start([...outside(1), ...timeout]);
    const response = await mesh.fetch("http://outside.example/");
    assert.equal(response.status, 504);
    assert.equal(response.headers.get("x-intramesh-response-flags"), "UT");
    await mesh.close();
    dns.set("outside.example", [{ address: "127.0.0.1" }]);
  });

  it("that fails is on the admin port, with the reason", async () => {
    dns.set("outside.example", "SERVFAIL");
    const mesh = await start(outside(1), { adminPort: 0, logger: { warn: () => undefined } });
    assert.equal((await mesh.fetch("http://outside.example/")).status, 503);
    const page = await fetch(`${mesh.adminUrl}/clusters`);
    const [cluster] = (await page.json()) as readonly { readonly nameProblems: readonly string[] }[];
    assert.deepEqual(cluster?.nameProblems, ["outside.example does not resolve: the name server failed (SERVFAIL)"]);
    dns.set("outside.example", [{ address: "127.0.0.1" }]);
  });

  for (const server of ["dns.example", "192.0.2.53:0", "[::1]:x"]) {
    it(`refuses ${server} for a name server`, async () => {
      await assert.rejects(start([], { dnsServers: [server] }), {
        code: "MESH_BAD_OPTION",
        message: `option dnsServers is "${server}"; it must be the IP address of a name server, with or without a port, such as 192.0.2.53:5353`,
      });
    });
  }
});
