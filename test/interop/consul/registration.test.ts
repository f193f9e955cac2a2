import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { type ConsulOptions, consul } from "@intramesh/consul";
import { createMesh, type ServiceOptions } from "intramesh";
import { eventually } from "../../support/eventually.ts";
import { type ConsulAgent, startAgent } from "./consul-agent.ts";
import { type ConsulApi, consulApi } from "./consul-api.ts";
import { skipWithoutConsul } from "./consul-tool.ts";
import { followConsul } from "./followed-source.ts";
import { stateFolder } from "./state-folder.ts";

describe("an instance that registers with a real agent", { skip: skipWithoutConsul, timeout: 120_000 }, () => {
  let agent: ConsulAgent;
  let api: ConsulApi;
  before(async () => {
    agent = await startAgent();
    api = consulApi(agent.url);
  });
  after(() => agent?.stop());

  async function startService(t: TestContext, service: ServiceOptions, options: ConsulOptions = {}) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port: targetPort } = server.address() as AddressInfo;
    const warnings: string[] = [];
    const mesh = await createMesh({
      service: { port: 9080, targetPort, ...service },
      sources: [consul({ url: agent.url, ...options })],
      drainDelayMs: 100,
      stateDirectory: stateFolder(),
      handleSignals: false,
      logger: { warn: (message) => void warnings.push(message) },
    });
    server.on(
      "request",
      mesh.listener((_request, response) => response.end(mesh.instance)),
    );
    t.after(async () => {
      await mesh.close();
      server.close();
    });
    return { mesh, targetPort, warnings };
  }

  it("is found by its callers under its service's port, and is gone at once when it closes", async (t) => {
    const reviews = await startService(t, { name: "reviews", version: "v2", instance: "reviews-1" });
    await reviews.mesh.ready();
    const caller = await createMesh({
      service: { name: "caller" },
      sources: [consul({ url: agent.url })],
      stateDirectory: stateFolder(),
      handleSignals: false,
    });
    t.after(() => caller.close());
    await caller.ready();
    const response = await caller.fetch("http://reviews:9080/");
    assert.equal(await response.text(), "reviews-1");
    const { destinations } = caller.explain("http://reviews:9080/");
    assert.deepEqual(destinations[0]?.endpoints, [`127.0.0.1:${reviews.targetPort}`]);

    await reviews.mesh.close();
    assert.deepEqual(await api.serviceIds(), []);
  });

  it("brings its labels, locality, namespace and weight through Consul and back", async (t) => {
    const labels = { tier: "back", "app.kubernetes.io/part-of": "shop" };
    const service = { name: "stock", namespace: "shop", instance: "stock-1", labels, locality: "eu/a/1", weight: 3 };
    const { mesh, targetPort } = await startService(t, service);
    await mesh.ready();
    const followed = followConsul({ url: agent.url, services: ["stock"] });
    t.after(() => followed.close());
    const { resources } = await followed.until("it is there", (state) => state.resources.length === 1);
    assert.deepEqual(resources, [
      {
        apiVersion: "networking.istio.io/v1",
        kind: "WorkloadEntry",
        metadata: {
          name: "stock-1",
          namespace: "shop",
          labels: { app: "stock", version: "v1", ...labels },
          annotations: { "intramesh.io/service": "stock", "intramesh.io/service-ports": '{"http":9080}' },
        },
        spec: {
          address: "127.0.0.1",
          ports: { http: targetPort },
          labels: { app: "stock", version: "v1", ...labels },
          locality: "eu/a/1",
          weight: 3,
        },
      },
    ]);
  });

  it("registers again with an agent that has forgotten it", async (t) => {
    const { mesh } = await startService(t, { name: "ratings", instance: "ratings-1" }, { ttlSeconds: 1 });
    await mesh.ready();
    await agent.restartEmpty();
    await eventually("it is back", 10_000, async () => (await api.serviceIds()).includes("ratings-1"));
    await api.deregister("ratings-1");
    await eventually("it is back again", 10_000, async () => (await api.serviceIds()).includes("ratings-1"));
  });

  it("leaves an id alone that another process has taken over", async (t) => {
    const first = await startService(t, { name: "details", instance: "details-1" });
    await first.mesh.ready();
    const second = await startService(t, { name: "details", instance: "details-1" });
    await second.mesh.ready();
    await first.mesh.close();
    assert.deepEqual(await api.serviceIds(), ["details-1"]);
  });

  it("lets the agent ask for its health", async (t) => {
    const healthCheck = { path: "/health", intervalSeconds: 1, unhealthyThreshold: 1 };
    let isWell = true;
    const server = createServer((_request, response) => {
      response.statusCode = isWell ? 200 : 500;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port: targetPort } = server.address() as AddressInfo;
    const mesh = await createMesh({
      service: { name: "probed", instance: "probed-1", port: 9080, targetPort, healthCheck },
      sources: [consul({ url: agent.url })],
      drainDelayMs: 0,
      stateDirectory: stateFolder(),
      handleSignals: false,
    });
    t.after(async () => {
      await mesh.close();
      server.close();
    });
    await mesh.ready();
    const followed = followConsul({ url: agent.url, services: ["probed"] });
    t.after(() => followed.close());
    await followed.until("it is there", ({ resources }) => resources.length === 1);
    isWell = false;
    await followed.until("it is out", ({ resources }) => resources.length === 0);
    isWell = true;
    await followed.until("it is back", ({ resources }) => resources.length === 1);
  });

  it("says which labels do not fit into Consul's metadata", async (t) => {
    const labels = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`example.com/label-${at}`, "x".repeat(20)]),
    );
    const { mesh, warnings } = await startService(t, { name: "wordy", instance: "wordy-1", labels });
    await assert.rejects(mesh.ready(), { code: "MESH_BAD_OPTION", message: /labels example\.com\/label-0, .* 512/ });
    assert.match(warnings.join(), /cannot hold this instance: labels/);
  });
});
