import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { eventually } from "../../support/eventually.ts";
import { type ConsulAgent, leaderAmong, startAgent, startCluster } from "./consul-agent.ts";
import { skipWithoutConsul } from "./consul-tool.ts";
import { type Caller, type Replica, startCaller, startReplica } from "./replicas.ts";
import { stateFolder } from "./state-folder.ts";

/** Of each caller. */
const perSecond = 50;

/** For an election, and for a Raft peer to be missed: five times what it takes with `raft_multiplier` 1. */
const healMs = 30_000;

describe("callers over a real cluster of three servers", { skip: skipWithoutConsul, timeout: 240_000 }, () => {
  let servers: readonly ConsulAgent[];
  let replicas: Replica[];
  let callers: readonly Caller[];
  let loads: readonly ReturnType<Caller["startLoad"]>[];

  before(async () => {
    servers = await startCluster(3);
    // Each replica is registered with a server of its own, each caller follows one.
    replicas = await Promise.all(servers.map(({ url, name }) => startReplica(url, `reviews-${name}`)));
    callers = await Promise.all(servers.map(({ url }) => startCaller(url)));
  });
  after(async () => {
    await Promise.all([
      ...(callers ?? []).map(({ mesh }) => mesh.close()),
      ...(replicas ?? []).map((one) => one.close()),
    ]);
    await Promise.all((servers ?? []).map((server) => server.stop()));
  });
  beforeEach(async () => {
    await everybodySees(replicas);
    loads = callers.map((caller) => caller.startLoad(perSecond));
  });
  afterEach(async () => {
    // A test that failed has not stopped them.
    await Promise.all(loads.map((load) => load.stop()));
  });

  function everybodySees(wanted: readonly Replica[]): Promise<number> {
    const endpoints = wanted.map(({ endpoint }) => endpoint).sort();
    return eventually(`every caller knows ${endpoints}`, healMs, async () =>
      callers.every((caller) => caller.endpoints().join() === endpoints.join()),
    );
  }

  async function nothingFailed(): Promise<void> {
    for (const report of await Promise.all(loads.map((load) => load.stop()))) {
      assert.deepEqual(report.failures, []);
      assert.ok(report.sent > perSecond, `a caller sent ${report.sent} requests`);
    }
  }

  it("lose no request while the leader is killed and comes back", async () => {
    const leader = await leaderAmong(servers);
    const others = servers.filter((server) => server !== leader);
    await leader.kill();
    await eventually(
      "the others have a new leader",
      healMs,
      async () => (await leaderAmong(others).catch(() => undefined)) !== undefined,
    );
    await eventually("callers of the others know that the leader's replica is without its agent", healMs, async () =>
      callers.every((caller, at) => servers[at] === leader || caller.endpoints().length === 2),
    );
    assert.equal(callers[servers.indexOf(leader)]!.endpoints().length, 3);
    await leader.restart();
    await everybodySees(replicas);
    await nothingFailed();
  });

  it("lose no request while an agent restarts, and know afterwards what changed meanwhile", async () => {
    const [first, second, third] = servers as [ConsulAgent, ConsulAgent, ConsulAgent];
    const leader = await leaderAmong(servers);
    const restarted = leader === first ? second : first;
    const leaving = servers.findIndex((server) => server !== restarted && server !== leader);
    await restarted.kill();
    await replicas[leaving]!.close();
    const fresh = await startReplica((leader === third ? third : leader).url, "reviews-fresh");
    replicas[leaving] = fresh;
    await restarted.restart();
    await everybodySees(replicas);
    await nothingFailed();
  });
});

describe("callers over one agent", { skip: skipWithoutConsul, timeout: 120_000 }, () => {
  it("lose no request while the index goes back, and know no stale endpoint afterwards", async (t) => {
    const agent = await startAgent();
    const replicas = await Promise.all(["a", "b", "c"].map((name) => startReplica(agent.url, `reviews-${name}`)));
    const caller = await startCaller(agent.url);
    t.after(async () => {
      await Promise.all([caller.mesh.close(), ...replicas.map((one) => one.close())]);
      await agent.stop();
    });
    const all = replicas.map(({ endpoint }) => endpoint).sort();
    const sees = (wanted: readonly string[]): Promise<number> =>
      eventually(`the caller knows ${wanted}`, healMs, async () => caller.endpoints().join() === wanted.join());
    await sees(all);
    const load = caller.startLoad(perSecond);
    await agent.kill();
    await agent.restartEmpty();
    await eventually("all have registered again", healMs, async () => {
      const response = await fetch(`${agent.url}/v1/health/service/reviews?passing`);
      return ((await response.json()) as readonly unknown[]).length === 3;
    });
    assert.deepEqual(caller.endpoints(), all);

    await agent.kill();
    const [gone] = replicas.splice(0, 1) as [Replica];
    await agent.restartEmpty();
    await gone.close();
    await sees(replicas.map(({ endpoint }) => endpoint).sort());
    const { failures, sent } = await load.stop();
    assert.deepEqual(failures, []);
    assert.ok(sent > perSecond);
  });

  it("start from what an earlier process knew while the agent is away", async (t) => {
    const agent = await startAgent();
    t.after(() => agent.stop());
    const replica = await startReplica(agent.url, "reviews-a");
    t.after(() => replica.close());
    const folder = stateFolder();
    const former = await startCaller(agent.url, folder);
    await former.mesh.close();
    await agent.kill();

    const startedAt = performance.now();
    const caller = await startCaller(agent.url, folder);
    t.after(() => caller.mesh.close());
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < 3_000, `it took ${tookMs} ms`);
    assert.equal(await (await caller.mesh.fetch("http://reviews:9080/")).text(), "reviews-a");
  });
});
