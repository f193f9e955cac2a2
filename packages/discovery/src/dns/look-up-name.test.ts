import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type NameServer, startNameServer } from "../testing/name-server.ts";
import type { AddressFamilies } from "./address-families.ts";
import { createNameLookUp, type NameLookUp } from "./look-up-name.ts";
import type { NameAnswer } from "./resolved-address.ts";

interface Given {
  readonly families?: AddressFamilies;
  readonly hosts?: string;
}

async function setUp(context: TestContext, given: Given = {}): Promise<NameLookUp & { readonly dns: NameServer }> {
  const dns = await startNameServer();
  const folder = await mkdtemp(join(tmpdir(), "intramesh-"));
  const hostsFile = join(folder, "hosts");
  if (given.hosts !== undefined) await writeFile(hostsFile, given.hosts);
  const { families = { ipv4: true, ipv6: "global" } } = given;
  const lookUp = createNameLookUp({ servers: [dns.address], hostsFile, families: () => families });
  context.after(async () => {
    lookUp.close();
    await dns.close();
    await rm(folder, { recursive: true });
  });
  return { ...lookUp, dns };
}

function plain(...addresses: readonly string[]): NameAnswer["addresses"] {
  return addresses.map((address) => ({ address, port: undefined, weight: 1 }));
}

test("A and AAAA records are all addresses, for as long as the shortest TTL", async (context) => {
  const { dns, lookUp } = await setUp(context);
  const records = [
    { address: "192.0.2.1", ttl: 30 },
    { address: "192.0.2.2", ttl: 20 },
    { address: "2001:db8::1", ttl: 40 },
  ];
  dns.set("api.example", records);
  assert.deepEqual(await lookUp("api.example", undefined), {
    addresses: plain("192.0.2.1", "192.0.2.2", "2001:db8::1"),
    ttlMs: 20_000,
  });
});

test("a family that the machine cannot call is not asked for", async (context) => {
  const { dns, lookUp } = await setUp(context, { families: { ipv4: true, ipv6: "none" } });
  dns.set("api.example", [{ address: "192.0.2.1" }, { address: "2001:db8::1" }]);
  assert.deepEqual((await lookUp("api.example", undefined)).addresses, plain("192.0.2.1"));
  assert.equal(dns.asked("api.example"), 1);
});

test("from an address within the site, IPv6 counts within the site, and where there is no IPv4", async (context) => {
  const { dns, lookUp } = await setUp(context, { families: { ipv4: true, ipv6: "local" } });
  dns.set("api.example", [{ address: "192.0.2.1" }, { address: "2001:db8::1" }, { address: "fd00::7" }]);
  assert.deepEqual((await lookUp("api.example", undefined)).addresses, plain("192.0.2.1", "fd00::7"));
  dns.set("six.example", [{ address: "2001:db8::1" }]);
  assert.deepEqual((await lookUp("six.example", undefined)).addresses, plain("2001:db8::1"));
});

test("a family that fails keeps its addresses, one that has none loses them", async (context) => {
  const { dns, lookUp } = await setUp(context);
  const before = { addresses: plain("192.0.2.1", "2001:db8::1"), ttlMs: 1_000 };
  dns.set("api.example/A", [{ address: "192.0.2.7" }]);
  dns.set("api.example/AAAA", "SERVFAIL");
  assert.deepEqual((await lookUp("api.example", before)).addresses, plain("192.0.2.7", "2001:db8::1"));
  dns.set("api.example/AAAA", []);
  assert.deepEqual((await lookUp("api.example", before)).addresses, plain("192.0.2.7"));
});

for (const [reply, said] of [
  ["NXDOMAIN", "api.example does not resolve: there is no such name (NXDOMAIN)"],
  ["SERVFAIL", "api.example does not resolve: the name server failed (SERVFAIL)"],
  ["REFUSED", "api.example does not resolve: the name server refused to answer (REFUSED)"],
  [[], "api.example does not resolve: the name has no such records"],
] as const) {
  test(`${reply.length === 0 ? "an empty answer" : reply} is an error that says so`, async (context) => {
    const { dns, lookUp } = await setUp(context);
    dns.set("api.example", reply);
    await assert.rejects(lookUp("api.example", undefined), { message: said });
  });
}

test("the hosts file comes before DNS, whatever the case, and has no TTL", async (context) => {
  const hosts = "# all of it\n192.0.2.9\tother API.example # here\n::1 api.example\nnonsense api.example\n";
  const { dns, lookUp } = await setUp(context, { hosts });
  dns.set("api.example", [{ address: "192.0.2.1" }]);
  assert.deepEqual(await lookUp("api.example", undefined), { addresses: plain("192.0.2.9", "::1"), ttlMs: undefined });
  assert.equal(dns.asked("api.example"), 0);
});

test("SRV records give port and weight, of the best priority that has an address", async (context) => {
  const { dns, lookUp } = await setUp(context);
  const srv = (target: string, port: number, priority: number, weight: number) => ({
    srv: { target, port, priority, weight },
  });
  dns.set("_http._tcp.api.example", [
    srv("gone.example", 80, 0, 1),
    srv("a.example", 8080, 1, 10),
    srv("b.example", 8081, 1, 0),
    srv("c.example", 8082, 2, 1),
  ]);
  dns.set("a.example", [{ address: "192.0.2.1", ttl: 7 }]);
  dns.set("b.example", [{ address: "192.0.2.2", ttl: 9 }]);
  dns.set("c.example", [{ address: "192.0.2.3" }]);
  const answer = await lookUp("_http._tcp.api.example", undefined);
  assert.deepEqual(answer, {
    addresses: [
      { address: "192.0.2.1", port: 8080, weight: 10 },
      { address: "192.0.2.2", port: 8081, weight: 1 },
    ],
    ttlMs: 7_000,
  });
  dns.set("b.example", "SERVFAIL");
  await assert.rejects(lookUp("_http._tcp.api.example", answer), /b\.example does not resolve: .*SERVFAIL/);
});

test("localhost is found by the system where nothing else knows it", async () => {
  const { lookUp, close } = createNameLookUp({ servers: [], hostsFile: "/nonexistent/hosts" });
  const { addresses } = await lookUp("localhost", undefined);
  close();
  assert.ok(addresses.some(({ address }) => address === "127.0.0.1" || address === "::1"));
});
