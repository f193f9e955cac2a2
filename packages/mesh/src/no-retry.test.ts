import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Mesh } from "./mesh.ts";
import { createFixture, resources, service } from "./testing/mesh-fixture.ts";

const twoRetries = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ route: [{ destination: { host: ratings } }], retries: { attempts: 2, retryOn: 5xx, backoff: 1ms } }]
`;

const noBudget = `
---
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: ratings }
spec: { host: ratings, retryBudget: { percent: 0, minRetriesPerSecond: 0, ttl: 10s } }
`;

describe("a service that has stopped retrying", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  /** caller → reviews → ratings; ratings fails, and each side knows the next one by the name `ratings`. */
  async function chain(policies: string, headers: Readonly<Record<string, string>> = {}) {
    const counts = { middle: 0, bottom: 0 };
    const bottom = await fixture.server((_request, response) => {
      counts.bottom += 1;
      response.writeHead(503, headers);
      response.end();
    });
    const reviews = await fixture.mesh([...service("ratings", { v1: bottom }), ...resources(policies)], {
      service: { name: "reviews" },
    });
    const middle = await fixture.server(
      reviews.listener(async (_request, response) => {
        counts.middle += 1;
        response.statusCode = (await reviews.fetch("http://ratings/")).status;
        response.end();
      }),
    );
    const caller = await fixture.mesh([...service("ratings", { v1: middle }), ...resources(twoRetries)]);
    return { caller, reviews, counts, middle };
  }

  async function counterOf(mesh: Mesh, name: string): Promise<number> {
    const line = (await mesh.metrics()).split("\n").find((text) => text.startsWith(`envoy_cluster_${name}{`));
    return Number(line?.split(" ").at(-1));
  }

  it("tells its caller, who does not repeat the request and sees nothing of it", async () => {
    const { caller, counts } = await chain(twoRetries + noBudget);
    const response = await caller.fetch("http://ratings/");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("x-intramesh-no-retry"), null);
    assert.deepEqual(counts, { middle: 1, bottom: 1 });
    assert.equal(await counterOf(caller, "upstream_rq_retry_forbidden"), 1);
  });

  it("says nothing where its retries were merely used up: another instance may do better", async () => {
    const { caller, counts } = await chain(twoRetries);
    assert.equal((await caller.fetch("http://ratings/")).status, 503);
    // The first try of the caller is tried three times, the second is a retry itself: once, and that is the end.
    assert.deepEqual(counts, { middle: 2, bottom: 4 });
  });

  it("says nothing to callers without a mesh", async () => {
    const { middle } = await chain(twoRetries + noBudget);
    const response = await fetch(`http://127.0.0.1:${middle}/`);
    assert.deepEqual([response.status, response.headers.get("x-intramesh-no-retry")], [503, null]);
  });

  for (const [name, value] of [
    ["retry-after", "60"],
    ["grpc-retry-pushback-ms", "-1"],
  ] as const) {
    it(`passes on that it was asked to stay away by ${name}: ${value}, and counts it`, async () => {
      const { caller, reviews, counts } = await chain(twoRetries, { [name]: value });
      assert.equal((await caller.fetch("http://ratings/")).status, 503);
      assert.deepEqual(counts, { middle: 1, bottom: 1 });
      assert.equal(await counterOf(reviews, "upstream_rq_retry_pushed_back"), 1);
    });
  }

  it("counts the retries that waited as they were asked to", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 503 : 200, { "grpc-retry-pushback-ms": "30" });
      response.end();
    });
    const mesh = await fixture.mesh([...service("ratings", { v1: port }), ...resources(twoRetries)]);
    const startedAt = performance.now();
    assert.equal((await mesh.fetch("http://ratings/")).status, 200);
    assert.ok(performance.now() - startedAt >= 29);
    assert.equal(await counterOf(mesh, "upstream_rq_retry_backoff_ratelimited"), 1);
    assert.equal(await counterOf(mesh, "upstream_rq_retry_pushed_back"), 0);
  });
});
