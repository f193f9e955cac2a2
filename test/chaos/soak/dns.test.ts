import assert from "node:assert/strict";
import dns from "node:dns";
import { after, describe, it, type TestContext } from "node:test";
import { createMeshStage, service } from "../matrix/mesh-stage.ts";
import { resources } from "../testbed/resources.ts";

type Answer = (error: NodeJS.ErrnoException | null, addresses?: readonly dns.LookupAddress[]) => void;

/** Node looks names up when it connects; what it is told then. */
function answerLookups(context: TestContext, records: ReadonlyMap<string, readonly string[]>): { count(): number } {
  const lookup = (name: string, _options: dns.LookupAllOptions, done: Answer): void => {
    const addresses = records.get(name);
    if (addresses === undefined) {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: "ENOTFOUND" });
      process.nextTick(done, error);
      return;
    }
    process.nextTick(
      done,
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  // net asks for all addresses; the overloads of dns.lookup are more than a mock can have.
  const mocked = context.mock.method(dns, "lookup", lookup as unknown as typeof dns.lookup);
  return { count: () => mocked.mock.callCount() };
}

/** A ServiceEntry of resolution DNS for `upstream.example`. */
function entry(port: number, trafficPolicy = "{ connectionPool: { tcp: { connectTimeout: 1s } } }"): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: upstream }
spec:
  hosts: [upstream.example]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${port} }]
  resolution: DNS
  endpoints: [{ address: addresses.example }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: upstream }
spec: { host: upstream.example, trafficPolicy: ${trafficPolicy} }
`;
}

describe("names that are resolved when a connection is made", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  async function status(fetch: typeof globalThis.fetch, url = "http://upstream.example/"): Promise<string> {
    const response = await fetch(url);
    const text = await response.text();
    return response.status === 200 ? text : `${response.status} ${response.headers.get("x-intramesh-response-flags")}`;
  }

  it("row 51: a name that stops resolving fails no call on a warm connection, and no call looks it up again", async (t) => {
    const server = await stage.server((_request, response) => void response.end("well"));
    const records = new Map([["addresses.example", ["127.0.0.1"]]]);
    const lookups = answerLookups(t, records);
    const mesh = await stage.mesh(resources(entry(server.port)));
    // undici rests a connection for a turn of the event loop after each response: calls without a pause need two of them.
    for (let turn = 0; turn < 10; turn += 1) assert.equal(await status(mesh.fetch), "well");
    const warm = lookups.count();
    records.clear();
    for (let turn = 0; turn < 100; turn += 1) assert.equal(await status(mesh.fetch), "well");
    assert.equal(lookups.count(), warm);
  });

  it("row 51: a name that does not resolve is a failed connection, 503 UF, and touches no other service", async (t) => {
    const server = await stage.server((_request, response) => void response.end("well"));
    answerLookups(t, new Map());
    const mesh = await stage.mesh([...resources(entry(server.port)), ...service("other", [server])]);
    assert.match(await status(mesh.fetch), /^503 UF/);
    assert.equal(await status(mesh.fetch, "http://other/"), "well");
  });

  it("row 51: one dead address of three is passed over", async (t) => {
    const server = await stage.server((_request, response) => void response.end("well"), 0, "127.0.0.3");
    const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    answerLookups(t, new Map([["addresses.example", addresses]]));
    const mesh = await stage.mesh(resources(entry(server.port)));
    assert.equal(await status(mesh.fetch), "well");
  });

  it("row 52: new connections go to the new address when the answer has changed", async (t) => {
    const blue = await stage.server((_request, response) => void response.end("blue"), 0, "127.0.0.1");
    await stage.server((_request, response) => void response.end("green"), blue.port, "127.0.0.2");
    const records = new Map([["addresses.example", ["127.0.0.1"]]]);
    answerLookups(t, records);
    const mesh = await stage.mesh(
      resources(entry(blue.port, "{ connectionPool: { http: { maxRequestsPerConnection: 1 } } }")),
    );
    assert.equal(await status(mesh.fetch), "blue");
    records.set("addresses.example", ["127.0.0.2"]);
    assert.equal(await status(mesh.fetch), "green");
  });
});
