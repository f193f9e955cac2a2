import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createFixture, resources, service } from "../testing/mesh-fixture.ts";

const policies = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ route: [{ destination: { host: ratings } }], retries: { attempts: 1, retryOn: 5xx, backoff: 1ms } }]
---
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: ratings }
spec: { host: ratings, retryBudget: { percent: 10, minRetriesPerSecond: 0, ttl: 10s } }
`;

describe("the retry budget of a service in the middle", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  async function attemptsFor(headers: Readonly<Record<string, string>>): Promise<number> {
    let attempts = 0;
    const ratings = await fixture.server((_request, response) => {
      attempts += 1;
      response.statusCode = 503;
      response.end();
    });
    const mesh = await fixture.mesh([...service("ratings", { v1: ratings }), ...resources(policies)]);
    const reviews = await fixture.server(
      mesh.listener(async (_request, response) => {
        response.statusCode = (await mesh.fetch("http://ratings/")).status;
        response.end();
      }),
    );
    const url = `http://127.0.0.1:${reviews}/`;
    for (let turn = 0; turn < 20; turn += 1) await (await fetch(url, { headers })).arrayBuffer();
    await (await fetch(url)).arrayBuffer();
    return attempts;
  }

  it("grows with first requests", async () => {
    assert.equal(await attemptsFor({}), 23);
  });

  it("does not grow with requests that are retries themselves", async () => {
    assert.equal(await attemptsFor({ "x-intramesh-retry": "1" }), 21);
  });
});

describe("retryRemoteLocalities", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  async function regionsOf(remote: boolean): Promise<readonly string[]> {
    const called: string[] = [];
    const region = (name: string, status: number): Promise<number> =>
      fixture.server((_request, response) => {
        called.push(name);
        response.statusCode = status;
        response.end();
      });
    const near = [await region("eu", 503), await region("eu", 503), await region("eu", 503)];
    const entries = [...near.map((port) => ["eu", port] as const), ["us", await region("us", 200)] as const];
    const workloads = entries.map(
      ([locality, port], at) => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ratings-${at} }
spec: { address: 127.0.0.1, ports: { http: ${port} }, labels: { app: ratings }, locality: ${locality} }
---
`,
    );
    const rules = `
apiVersion: v1
kind: Service
metadata: { name: ratings }
spec: { selector: { app: ratings }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ratings }
spec: { host: ratings, trafficPolicy: { outlierDetection: {} } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http:
  - route: [{ destination: { host: ratings } }]
    retries: { attempts: 2, retryOn: 5xx, backoff: 1ms, retryRemoteLocalities: ${remote} }
`;
    const state = resources(workloads.join("") + rules);
    const mesh = await fixture.mesh(state, { service: { name: "caller", locality: "eu" } });
    await (await mesh.fetch("http://ratings/")).arrayBuffer();
    return called;
  }

  it("sends the second retry to the next region", async () => {
    assert.deepEqual(await regionsOf(true), ["eu", "eu", "us"]);
  });

  it("is off by default: retries stay in the nearest region", async () => {
    assert.deepEqual(await regionsOf(false), ["eu", "eu", "eu"]);
  });
});
