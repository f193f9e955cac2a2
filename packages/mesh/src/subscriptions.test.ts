import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Resource } from "@intramesh/config";
import type { Decision, WorkloadQuery } from "@intramesh/core";
import { createFixture, type PushSource, pushSource, resources, service } from "./testing/mesh-fixture.ts";

/** A source that delivers workloads only when it is asked for them and `answer` is called. */
interface NarrowSource extends PushSource {
  readonly asked: readonly WorkloadQuery[];
  /** Resolves when that many services have been asked for. */
  askedFor(count: number): Promise<void>;
  /** Delivers these resources as what was asked for. */
  answer(resources: readonly Resource[]): void;
}

function narrowSource(): NarrowSource {
  const source = pushSource();
  const asked: WorkloadQuery[] = [];
  const waiting: (() => void)[] = [];
  const watching: { readonly count: number; resolve(): void }[] = [];
  return {
    ...source,
    asked,
    subscribe(query) {
      asked.push(query);
      for (const { count, resolve } of watching) if (asked.length >= count) resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    askedFor: (count) =>
      new Promise((resolve) => {
        if (asked.length >= count) resolve();
        else watching.push({ count, resolve });
      }),
    answer(state) {
      source.push(state);
      for (const arrived of waiting.splice(0)) arrived();
    },
  };
}

/** Without the WorkloadEntries: what a client knows of a service that it has not called. */
function unsubscribed(all: readonly Resource[]): Resource[] {
  return all.filter(({ kind }) => kind !== "WorkloadEntry");
}

const route = (name: string, http: string): Resource[] =>
  resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec: { hosts: [${name}], http: [${http}] }
`);

describe("a mesh that subscribes to what it calls", () => {
  const fixture = createFixture();
  after(() => fixture.end());
  const server = (name: string): Promise<number> => fixture.server((_request, response) => void response.end(name));

  it("asks for nothing before it calls, and lets the first call wait for the endpoints", async () => {
    const all = service("reviews", { v1: await server("v1") });
    const source = narrowSource();
    source.push(unsubscribed(all));
    const mesh = await fixture.mesh(source);
    assert.deepEqual(source.asked, []);
    const first = mesh.fetch("http://reviews/");
    const second = mesh.fetch("http://reviews/");
    await source.askedFor(1);
    source.answer(all);
    assert.deepEqual([await (await first).text(), await (await second).text()], ["v1", "v1"]);
    assert.deepEqual(source.asked, [{ kind: "selected", namespace: "default", labels: { app: "reviews" } }]);
    assert.equal(await (await mesh.fetch("http://reviews/")).text(), "v1");
    assert.equal(source.asked.length, 1);
  });

  it("asks for every destination of a host with its first call, mirrors included", async () => {
    const all = [
      ...service("reviews", { v1: await server("reviews") }),
      ...service("details", { v1: await server("details") }),
      ...service("ratings", { v1: await server("ratings") }),
      ...service("other", { v1: await server("other") }),
      ...route(
        "reviews",
        "{ match: [{ uri: { prefix: /details } }], route: [{ destination: { host: details } }] }, " +
          "{ route: [{ destination: { host: reviews } }], mirror: { host: ratings } }",
      ),
    ];
    const source = narrowSource();
    source.push(unsubscribed(all));
    const mesh = await fixture.mesh(source);
    const called = mesh.fetch("http://reviews/");
    await source.askedFor(3);
    source.answer(all);
    assert.equal(await (await called).text(), "reviews");
    const apps = source.asked.map((query) => (query.kind === "selected" ? query.labels["app"] : query.service));
    assert.deepEqual(apps.sort(), ["details", "ratings", "reviews"]);
  });

  it("answers 503 UH where the source knows nobody, and where it does not answer in five seconds", async (t) => {
    const known = unsubscribed(service("reviews", { v1: 1 }));
    const source = narrowSource();
    source.push(known);
    const mesh = await fixture.mesh(source);
    const first = mesh.fetch("http://reviews/");
    await source.askedFor(1);
    source.answer(known);
    const nobody = await first;
    assert.deepEqual([nobody.status, nobody.headers.get("x-intramesh-response-flags")], [503, "UH"]);

    t.mock.timers.enable({ apis: ["setTimeout"] });
    const silent = narrowSource();
    silent.push(known);
    const waiting = await fixture.mesh(silent);
    const call = waiting.fetch("http://reviews/");
    await silent.askedFor(1);
    t.mock.timers.tick(5_000);
    const { status, headers } = await call;
    assert.deepEqual([status, headers.get("x-intramesh-response-flags")], [503, "UH"]);
  });

  it("never asks for a service that a Sidecar keeps out of sight", async () => {
    const sidecar = resources(`
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default }
spec: { egress: [{ hosts: ["./reviews.default.svc.cluster.local"] }] }
`);
    const all = [...service("reviews", { v1: await server("v1") }), ...service("ratings", { v1: 1 }), ...sidecar];
    const source = narrowSource();
    source.push(unsubscribed(all));
    const mesh = await fixture.mesh(source, { outboundTrafficPolicy: "REGISTRY_ONLY" });
    assert.equal((await mesh.fetch("http://ratings/")).status, 502);
    const seen = mesh.fetch("http://reviews/");
    await source.askedFor(1);
    source.answer(all);
    assert.equal(await (await seen).text(), "v1");
    assert.equal(source.asked.length, 1);
  });

  it("shows the endpoints that came with a first call in its own explanation, and keeps them", async () => {
    const port = await server("v1");
    const all = service("reviews", { v1: port });
    const source = narrowSource();
    source.push(unsubscribed(all));
    const mesh = await fixture.mesh(source, { adminPort: 0 });
    const first = mesh.fetch("http://reviews/", { headers: { "x-intramesh-explain": "1" } });
    await source.askedFor(1);
    source.answer(all);
    const explanation = (await first).headers.get("x-intramesh-explain")!;
    const decision = JSON.parse(explanation) as Decision;
    assert.deepEqual(decision.destinations[0]?.endpoints, [`127.0.0.1:${port}`]);
    const kept = (await (await fetch(`${mesh.adminUrl}/decisions`)).json()) as { readonly decision: Decision }[];
    assert.deepEqual(kept.at(-1)?.decision, decision);
  });

  it("shows the endpoints of a service with the second explanation", async () => {
    const all = service("reviews", { v1: 4_321 });
    const source = narrowSource();
    source.push(unsubscribed(all));
    const mesh = await fixture.mesh(source);
    const endpoints = (): readonly string[] => mesh.explain("http://reviews/").destinations[0]!.endpoints;
    assert.deepEqual(endpoints(), []);
    source.answer(all);
    assert.deepEqual(endpoints(), ["127.0.0.1:4321"]);
  });
});
