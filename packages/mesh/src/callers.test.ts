import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Resource } from "@intramesh/config";
import type { Mesh } from "./mesh.ts";
import { createFixture, type PushSource, pushSource, resources } from "./testing/mesh-fixture.ts";

/** A Service with one instance at each port, in these zones of region `eu`. */
function zoned(name: string, instances: readonly (readonly [zone: string, port: number])[]): Resource[] {
  const entries = instances.map(
    ([zone, port], at) => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}-${at} }
spec: { address: 127.0.0.1, ports: { http: ${port} }, labels: { app: ${name} }, locality: eu/${zone} }
`,
  );
  const declared = `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;
  return resources([declared, ...entries].join("---"));
}

const ruleWith = (zoneAware: string): Resource[] =>
  resources(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec:
  host: reviews
  trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN, zoneAwareLbSetting: ${zoneAware} } }
`);
const rule = ruleWith("{ minClusterSize: 2 }");

describe("a mesh that is aware of zones", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  const server = (zone: string): Promise<number> => fixture.server((_request, response) => void response.end(zone));

  async function zonesOf(mesh: Mesh, count: number): Promise<Readonly<Record<string, number>>> {
    const zones: Record<string, number> = {};
    for (let call = 0; call < count; call += 1) {
      // One after the other: the rotation is what is looked at.
      const zone = await (await mesh.fetch("http://reviews/")).text();
      zones[zone] = (zones[zone] ?? 0) + 1;
    }
    return zones;
  }

  it("stays in its zone as far as its callers there leave room, and follows them when they move", async () => {
    const reviews = zoned("reviews", [
      ["a", await server("a")],
      ["b", await server("b")],
    ]);
    const callers = (...zones: readonly string[]): Resource[] =>
      zoned(
        "caller",
        zones.map((zone, at) => [zone, 9_000 + at]),
      );
    const source: PushSource = pushSource();
    source.push([...reviews, ...rule, ...callers("a", "b")]);
    const mesh = await fixture.mesh(source, { service: { name: "caller", locality: "eu/a" } });
    assert.deepEqual(await zonesOf(mesh, 20), { a: 20 });
    // Three of four callers are in zone a, and half of the endpoints: two thirds of the requests stay.
    source.push([...reviews, ...rule, ...callers("a", "a", "a", "b")]);
    const zones = await zonesOf(mesh, 30);
    assert.ok(Math.abs((zones["a"] ?? 0) - 20) <= 1, JSON.stringify(zones));
    source.push([...reviews, ...ruleWith("{ enabled: false }"), ...callers("a", "b")]);
    assert.deepEqual(await zonesOf(mesh, 20), { a: 10, b: 10 });
  });

  it("asks for its own service only where a cluster goes by it", async () => {
    const reviews = zoned("reviews", [["a", await server("a")]]);
    for (const rules of [[], rule]) {
      const source = pushSource();
      const asked: string[] = [];
      source.push([...reviews, ...zoned("caller", []), ...rules]);
      const subscribing: PushSource = {
        ...source,
        subscribe(query) {
          asked.push(query.kind === "selected" ? (query.labels["app"] ?? "") : query.service);
          return Promise.resolve();
        },
      };
      const mesh = await fixture.mesh(subscribing, { service: { name: "caller", locality: "eu/a" } });
      await (await mesh.fetch("http://reviews/")).text();
      assert.deepEqual(asked, rules.length === 0 ? ["reviews"] : ["reviews", "caller"]);
    }
  });
});
