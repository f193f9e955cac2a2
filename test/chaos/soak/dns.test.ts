import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import type { Resource } from "@intramesh/config";
import type { Mesh } from "intramesh";
import {
  type NameReply,
  type NameServer,
  startNameServer,
} from "../../../packages/discovery/src/testing/name-server.ts";
import { eventually } from "../../support/eventually.ts";
import { createMeshStage, service, type Upstream } from "../matrix/mesh-stage.ts";
import { resources } from "../testbed/resources.ts";

const name = "addresses.example";

interface Given {
  /** `DNS` */
  readonly resolution?: string;
  /** `addresses.example` */
  readonly address?: string;
  /** A trafficPolicy in YAML's flow form. */
  readonly policy?: string;
}

/** A ServiceEntry for `upstream.example`, whose endpoints have names. */
function entry(port: number, given: Given = {}): string {
  const { resolution = "DNS", address = name, policy = "{ connectionPool: { tcp: { connectTimeout: 1s } } }" } = given;
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: upstream }
spec:
  hosts: [upstream.example]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${port} }]
  resolution: ${resolution}
  endpoints: [{ address: "${address}" }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: upstream }
spec: { host: upstream.example, trafficPolicy: ${policy} }
`;
}

/** A records with a TTL in seconds. */
function records(ttl: number, ...addresses: readonly string[]): NameReply {
  return addresses.map((address) => ({ address, ttl }));
}

/** The answer's body, or its status and flags. */
async function call({ fetch }: Mesh, url = "http://upstream.example/"): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  return response.status === 200 ? text : `${response.status} ${response.headers.get("x-intramesh-response-flags")}`;
}

function connections({ server }: Upstream): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

describe("ServiceEntries whose endpoints have names", { timeout: 60_000 }, () => {
  const stage = createMeshStage();
  let dns: NameServer;
  before(async () => {
    dns = await startNameServer();
  });
  after(async () => {
    await stage.end();
    await dns.close();
  });

  const start = (context: TestContext, port: number, given?: Given, more: readonly Resource[] = []): Promise<Mesh> => {
    context.after(() => stage.end());
    const declared = [...resources(entry(port, given)), ...more];
    return stage.mesh(declared, { dnsServers: [dns.address] });
  };

  /** Servers that say their own name, all on one port. */
  async function serve(...addresses: readonly string[]): Promise<readonly [Upstream, ...Upstream[]]> {
    const answer = (said: string) => (_request: unknown, response: { end(text: string): void }) => response.end(said);
    const first = await stage.server(answer(addresses[0]!), 0, addresses[0]);
    const others: Upstream[] = [];
    for (const address of addresses.slice(1)) others.push(await stage.server(answer(address), first.port, address));
    return [first, ...others];
  }

  it("row 51: the first call waits for the first look-up, later ones look nothing up", async (t) => {
    const [{ port }] = await serve("127.0.0.1");
    dns.set(name, records(60, "127.0.0.1"));
    const mesh = await start(t, port);
    assert.equal(await call(mesh), "127.0.0.1");
    const asked = dns.asked(name);
    for (let turn = 0; turn < 100; turn += 1) assert.equal(await call(mesh), "127.0.0.1");
    assert.equal(dns.asked(name), asked);
  });

  for (const reply of ["NXDOMAIN", "SERVFAIL", "REFUSED", [], "SILENCE"] as const) {
    it(`row 51: ${reply.length === 0 ? "an empty answer" : reply} fails no call and slows none, on new connections too`, async (t) => {
      const [{ port }] = await serve("127.0.0.1");
      dns.set(name, records(1, "127.0.0.1"));
      const policy = "{ connectionPool: { http: { maxRequestsPerConnection: 1 } } }";
      const mesh = await start(t, port, { policy });
      assert.equal(await call(mesh), "127.0.0.1");
      dns.set(name, reply);
      // The next look-up, and the one after it, for A and AAAA each where both are asked for.
      await dns.reached(name, dns.asked(name) + 3);
      const slowest: number[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        const begun = performance.now();
        assert.equal(await call(mesh), "127.0.0.1");
        slowest.push(performance.now() - begun);
      }
      assert.ok(Math.max(...slowest) < 250, `slowest ${Math.max(...slowest)} ms`);
    });
  }

  it("row 51: a name that never resolved is 503 UH at once, told of once, and touches no other service", async (t) => {
    const [other] = await serve("127.0.0.1");
    dns.set("never.example", "NXDOMAIN");
    const mesh = await start(t, 1, { address: "never.example" }, service("other", [other]));
    const warned = stage.warnings.length;
    assert.equal(await call(mesh), "503 UH");
    assert.equal(await call(mesh), "503 UH");
    assert.equal(await call(mesh, "http://other/"), "127.0.0.1");
    const told = stage.warnings.slice(warned);
    assert.equal(told.length, 1);
    assert.match(told[0]!, /never\.example does not resolve: there is no such name \(NXDOMAIN\)/);
  });

  it("row 51: a name server that is silent costs the first call no more than the connect timeout", async (t) => {
    dns.set("silent.example", "SILENCE");
    const mesh = await start(t, 1, { address: "silent.example" });
    const begun = performance.now();
    assert.equal(await call(mesh), "503 UH");
    const waited = performance.now() - begun;
    assert.ok(waited > 900 && waited < 1_500, `${waited} ms`);
  });

  it("row 51: one dead address of three is passed over, with retries or outlier detection", async (t) => {
    const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    const [dead, ...alive] = await serve(...addresses);
    dns.set(name, records(60, ...addresses));
    const policy = "{ outlierDetection: { consecutive5xxErrors: 1, interval: 1s, baseEjectionTime: 30s } }";
    const mesh = await start(t, dead.port, { policy });
    dead.kill();
    const answers = new Set<string>();
    for (let turn = 0; turn < 60; turn += 1) answers.add(await call(mesh));
    assert.deepEqual(
      [...answers].sort(),
      alive.map(({ address }) => address),
    );
  });

  it("row 51: an address family that leads nowhere is passed over", async (t) => {
    const [{ port }] = await serve("127.0.0.1");
    // Nobody is there; a machine without IPv6 does not even ask.
    dns.set(name, [{ address: "127.0.0.1" }, { address: "fd00:dead::1" }]);
    const mesh = await start(t, port, { policy: "{ connectionPool: { tcp: { connectTimeout: 100ms } } }" });
    for (let turn = 0; turn < 20; turn += 1) assert.equal(await call(mesh), "127.0.0.1");
  });

  it("row 52: calls go to the new address within the TTL and a second, the old connections are let go", async (t) => {
    const [blue] = await serve("127.0.0.1", "127.0.0.2");
    dns.set(name, records(1, "127.0.0.1"));
    const mesh = await start(t, blue.port);
    assert.equal(await call(mesh), "127.0.0.1");
    dns.set(name, records(1, "127.0.0.2"));
    await eventually("calls go to the new address", 2_000, async () => (await call(mesh)) === "127.0.0.2");
    await eventually("the old address has no connection", 1_000, async () => (await connections(blue)) === 0);
  });

  it("row 52: DNS_ROUND_ROBIN connects anew to the new address, and keeps connections to the old one", async (t) => {
    const [blue, green] = await serve("127.0.0.1", "127.0.0.2");
    dns.set(name, records(1, "127.0.0.1"));
    const mesh = await start(t, blue.port, { resolution: "DNS_ROUND_ROBIN" });
    assert.equal(await call(mesh), "127.0.0.1");
    dns.set(name, records(1, "127.0.0.2"));
    await dns.reached(name, dns.asked(name) + 3);
    assert.equal(await call(mesh), "127.0.0.1");
    blue.kill();
    await eventually("calls go to the new address", 2_000, async () => (await call(mesh)) === "127.0.0.2");
    assert.ok((await connections(green!)) > 0);
  });

  it("SRV records say where the ports are, and how the load is shared", async (t) => {
    const [heavy] = await serve("127.0.0.1");
    const [light] = await serve("127.0.0.2");
    const srv = (target: string, port: number, weight: number) => ({ srv: { target, port, weight, priority: 0 } });
    dns.set("_http._tcp.addresses.example", [
      srv("heavy.example", heavy.port, 90),
      srv("light.example", light.port, 10),
    ]);
    dns.set("heavy.example", records(60, "127.0.0.1"));
    dns.set("light.example", records(60, "127.0.0.2"));
    const policy = "{ loadBalancer: { simple: ROUND_ROBIN } }";
    const mesh = await start(t, 1, { address: "_http._tcp.addresses.example", policy });
    let light10th = 0;
    for (let turn = 0; turn < 100; turn += 1) if ((await call(mesh)) === "127.0.0.2") light10th += 1;
    assert.equal(light10th, 10);
  });
});
