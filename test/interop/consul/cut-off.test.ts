import assert from "node:assert/strict";
import { it } from "node:test";
import { eventually } from "../../support/eventually.ts";
import { leaderAmong, leaderOf, startServers } from "./consul-agent.ts";
import { skipWithoutConsul } from "./consul-tool.ts";
import { type Caller, startCaller, startReplica } from "./replicas.ts";
import { createNetworks, skipWithoutNetworks } from "./separate-networks.ts";

const perSecond = 50;
const healMs = 60_000;

it("callers of a server that is cut off from its cluster lose no request, and know no stale endpoint after it", {
  skip: skipWithoutConsul || skipWithoutNetworks,
  timeout: 180_000,
}, async (t) => {
  const networks = await createNetworks(3);
  const servers = await startServers(networks.places);
  const replicas = await Promise.all(servers.map(({ url, name }) => startReplica(url, `reviews-${name}`)));
  const callers = await Promise.all(servers.map(({ url }) => startCaller(url)));
  let loads: readonly ReturnType<Caller["startLoad"]>[] = [];
  t.after(async () => {
    await Promise.all(loads.map((load) => load.stop()));
    await Promise.all([...callers.map(({ mesh }) => mesh.close()), ...replicas.map((one) => one.close())]);
    await Promise.all(servers.map((server) => server.stop()));
    await networks.close();
  });
  const everybodySees = (): Promise<number> => {
    const wanted = replicas.map(({ endpoint }) => endpoint).sort();
    return eventually(`every caller knows ${wanted}`, healMs, async () =>
      callers.every((caller) => caller.endpoints().join() === wanted.join()),
    );
  };
  await everybodySees();
  loads = callers.map((caller) => caller.startLoad(perSecond));

  // The leader, so that the others have to find a new one too.
  const leader = await leaderAmong(servers);
  const cut = servers.indexOf(leader);
  const here = callers[cut]!;
  await networks.cutOff(cut);
  await eventually(
    "the server that is cut off knows of no leader",
    healMs,
    async () => (await leaderOf(leader.url)) === undefined,
  );
  await eventually("the others have a leader and miss the replica behind the cut", healMs, async () =>
    callers.every((caller) => caller === here || caller.endpoints().length === 2),
  );
  assert.equal(here.endpoints().length, 3);

  // What changes meanwhile is not known behind the cut.
  const leaving = (cut + 1) % 3;
  await replicas[leaving]!.close();
  replicas[leaving] = await startReplica(servers[leaving]!.url, "reviews-fresh");
  await eventually("the others know of it", healMs, async () =>
    callers.every((caller) => caller === here || caller.endpoints().includes(replicas[leaving]!.endpoint)),
  );

  await networks.heal(cut);
  // Gossip finds a lost server within half a minute by itself; its operator need not wait for that.
  const { bind } = networks.places[leaving]!;
  await eventually("it joins the others again", healMs, async () => {
    return (await fetch(`${leader.url}/v1/agent/join/${bind}`, { method: "PUT" })).ok;
  });
  await everybodySees();
  for (const { failures, sent } of await Promise.all(loads.map((load) => load.stop()))) {
    assert.deepEqual(failures, []);
    assert.ok(sent > perSecond);
  }
});
