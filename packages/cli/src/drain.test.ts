import assert from "node:assert/strict";
import { test } from "node:test";
import { instancePath } from "@intramesh/discovery";
import { startMeshBench } from "./testing/mesh-bench.ts";
import { startBench } from "./testing/run-command.ts";

test("a drained instance is not picked any more, and undo brings it back", async (t) => {
  const { serve, call, settle, seesEndpoints, run } = await startMeshBench(t);
  const [v1, v2] = [await serve("reviews", "v1"), await serve("reviews", "v2")];
  const caller = await call("productpage");
  await settle(caller, v1, v2);
  const reviews = "http://reviews:9080/";
  const versions = async (): Promise<string[]> => {
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await caller.fetch(reviews)).text()));
    return [...new Set(answers)].sort();
  };
  assert.equal((await caller.fetch(reviews)).status, 200);
  await seesEndpoints(caller, reviews, 2);
  assert.deepEqual(await versions(), ["v1", "v2"]);

  const drained = await run(["drain", v1.instance]);
  assert.deepEqual([drained.code, drained.err], [0, ""]);
  assert.equal(
    drained.out,
    `${v1.instance} of reviews.default is out of service; its requests under way end; ` +
      `put it back with: intramesh drain ${v1.instance} --undo\n`,
  );
  await seesEndpoints(caller, reviews, 1);
  assert.deepEqual(await versions(), ["v2"]);
  const { out } = await run(["status"]);
  assert.match(out, new RegExp(`^${v1.instance} .*DRAINED`, "m"));
  assert.doesNotMatch(out, new RegExp(`^${v2.instance} .*DRAINED`, "m"));
  const { clients } = JSON.parse((await run(["status", "-o", "json"])).out) as {
    readonly clients: readonly { readonly name: string; readonly drainedSince: string | null }[];
  };
  const since = new Map(clients.map((client) => [client.name, client.drainedSince]));
  assert.equal(typeof since.get(v1.instance), "string");
  assert.equal(since.get(v2.instance), null);

  const back = await run(["drain", v1.instance, "--undo"]);
  assert.equal(back.out, `${v1.instance} of reviews.default is in service again\n`);
  await seesEndpoints(caller, reviews, 2);
  assert.deepEqual(await versions(), ["v1", "v2"]);
});

test("drain takes the beginning of an id, and names the candidates where that is not one", async (t) => {
  const { url, run } = await startBench(t);
  const register = (namespace: string, id: string): Promise<Response> => {
    const body = JSON.stringify({ address: "10.0.0.1", ports: { http: 1 } });
    return fetch(url + instancePath(namespace, "reviews", id), { method: "PUT", body });
  };
  for (const id of ["r1", "r2"]) await register("default", id);
  await register("shop", "r1");
  const several = await run(["drain", "r"]);
  assert.equal(several.code, 2);
  assert.match(several.err, /r may be r1 \(reviews.default\), r2 \(reviews.default\), r1 \(reviews.shop\): name one/);
  const none = await run(["drain", "q", "-n", "shop"]);
  assert.equal(none.code, 1);
  assert.match(none.err, /no instance in namespace shop is called q: registered are r1 \(reviews.shop\)/);
  assert.equal((await run(["drain", "r", "-n", "shop"])).code, 0);
  assert.match((await run(["drain", "r1", "-n", "shop"])).out, /^r1 of reviews.shop was out of service/);
  assert.equal((await run(["drain", "r2", "--undo"])).out, "r2 of reviews.default was in service\n");
});
