import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ConsulAgent, startAgent } from "./consul-agent.ts";
import { type ConsulApi, consulApi } from "./consul-api.ts";
import { skipWithoutConsul } from "./consul-tool.ts";
import { followConsul, namesOf } from "./followed-source.ts";

describe("the source over a real agent", { skip: skipWithoutConsul, timeout: 120_000 }, () => {
  let agent: ConsulAgent;
  let api: ConsulApi;
  before(async () => {
    agent = await startAgent();
    api = consulApi(agent.url);
  });
  after(() => agent?.stop());

  it("makes a WorkloadEntry of each instance that passes, with tags and metadata as labels", async (t) => {
    const followed = followConsul({ url: agent.url, graceMs: 500 });
    t.after(() => followed.close());
    await api.register({
      Name: "Stock",
      ID: "stock-1",
      Address: "127.0.0.1",
      Port: 4711,
      Tags: ["blue", "tier=back"],
      Meta: { version: "v2", namespace: "shop", "service-port": "9080" },
      Weights: { Passing: 7, Warning: 1 },
    });
    const state = await followed.until("stock is there", (each) => namesOf(each, "WorkloadEntry") === "stock-1.s1");
    assert.deepEqual(state.resources, [
      {
        apiVersion: "networking.istio.io/v1",
        kind: "WorkloadEntry",
        metadata: {
          name: "stock-1.s1",
          namespace: "shop",
          labels: { app: "stock", blue: "true", tier: "back", version: "v2" },
          annotations: { "intramesh.io/service": "stock", "intramesh.io/service-ports": '{"http":9080}' },
        },
        spec: {
          address: "127.0.0.1",
          ports: { http: 4711 },
          labels: { app: "stock", blue: "true", tier: "back", version: "v2" },
          locality: "dc1",
          weight: 7,
        },
      },
    ]);
    await api.deregister("stock-1");
    await followed.until("stock has gone, after its time of grace", ({ resources }) => resources.length === 0);
  });

  it("takes an instance out at once when a check fails, and back when it passes", async (t) => {
    for (const id of ["a", "b"]) {
      await api.register({ Name: "web", ID: id, Port: 80, Check: { TTL: "10m", Status: "passing" } });
    }
    const followed = followConsul({ url: agent.url, services: ["web"] });
    t.after(() => followed.close());
    await followed.until("both are there", (state) => namesOf(state, "WorkloadEntry") === "a.s1,b.s1");
    await api.check("service:a", "fail");
    const without = await followed.until("a has gone", (state) => namesOf(state, "WorkloadEntry") === "b.s1", 2_000);
    assert.deepEqual(without.changes?.deleted, [{ kind: "WorkloadEntry", namespace: "default", name: "a.s1" }]);
    await api.check("service:a", "warn");
    await api.check("service:b", "fail");
    await followed.until("a warning is not enough", (state) => namesOf(state, "WorkloadEntry") === "", 2_000);
    await api.check("service:a", "pass");
    await followed.until("a is back", (state) => namesOf(state, "WorkloadEntry") === "a.s1", 2_000);
    for (const id of ["a", "b"]) await api.deregister(id);
  });

  it("reads resources from keys, keeps what a key last said that was right, and says what is wrong", async (t) => {
    const followed = followConsul({ url: agent.url, prefix: "team/mesh/" });
    t.after(() => followed.close());
    await followed.until("there is nothing", ({ resources }) => resources.length === 0);
    await api.putKey("team/mesh/routes.yaml", `${virtualService("reviews")}---\n${virtualService("ratings")}`);
    await followed.until("both are there", (state) => namesOf(state, "VirtualService") === "ratings,reviews", 2_000);

    await api.putKey("team/mesh/routes.yaml", virtualService("reviews").replace("timeout: 1s", "timeout: soon"));
    const error = await followed.untilError(/spec\.http\[0\]\.timeout/, 2_000);
    assert.match(error.message, /^consul http:\S+ key team\/mesh\/routes\.yaml:\d+: VirtualService default\/reviews/);
    await api.putKey("team/mesh/more/details.json", JSON.stringify({ ...details }));
    const state = await followed.until(
      "the new one is there too",
      (each) => namesOf(each, "VirtualService") === "details,ratings,reviews",
    );
    assert.deepEqual(
      state.changes?.put.map(({ metadata }) => metadata.name),
      ["details"],
    );

    await api.deleteKey("team/mesh/routes.yaml");
    await followed.until(
      "a key that is deleted takes its own away",
      (each) => namesOf(each, "VirtualService") === "details",
    );
    await api.deleteKey("team/mesh/more/details.json");
    await followed.until("nothing is left", ({ resources }) => resources.length === 0, 2_000);
  });

  it("keeps what it knows while the agent is away, and what a restarted agent has forgotten until it is sure", async (t) => {
    for (const id of ["a", "b"]) await api.register({ Name: "web", ID: id, Port: 80 });
    await api.putKey("intramesh/resources/r", virtualService("reviews"));
    const followed = followConsul({ url: agent.url, graceMs: 3_000 });
    t.after(() => followed.close());
    const isWhole = (state: Parameters<typeof namesOf>[0]): boolean =>
      namesOf(state, "WorkloadEntry") === "a.s1,b.s1" && namesOf(state, "VirtualService") === "reviews";
    await followed.until("all is there", isWhole);
    const before = followed.states.length;

    await agent.kill();
    assert.match(
      (await followed.untilError(/ECONNREFUSED/)).message,
      /what is known stays in force, it is tried again$/,
    );
    await agent.restartEmpty();
    await api.register({ Name: "web", ID: "a", Port: 80 });
    await followed.until(
      "b, and the key, did not come back",
      (state) => namesOf(state, "WorkloadEntry") === "a.s1" && namesOf(state, "VirtualService") === "",
    );
    for (const state of followed.states.slice(before, -1)) assert.match(namesOf(state, "WorkloadEntry"), /a\.s1/);
    assert.match(followed.log.join(), /answers again/);
    await api.deregister("a");
  });
});

function virtualService(name: string): string {
  return [
    "apiVersion: networking.istio.io/v1",
    "kind: VirtualService",
    `metadata: { name: ${name} }`,
    `spec: { hosts: [${name}], http: [{ timeout: 1s, route: [{ destination: { host: ${name} } }] }] }`,
    "",
  ].join("\n");
}

const details = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "details" },
  spec: { hosts: ["details"], http: [{ route: [{ destination: { host: "details" } }] }] },
};
