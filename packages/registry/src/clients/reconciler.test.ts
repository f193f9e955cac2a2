import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  type ReplyBody,
  startTestRegistry,
  type TestRegistry,
  take,
  virtualService,
} from "../testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

/** Longer than reports are gathered for. */
const gatheredMs = 100;

interface Bench extends TestRegistry {
  /** A client says which revision it runs. */
  tell(id: string, revision: number, rejected?: readonly string[]): Promise<void>;
  /** The two conditions of a VirtualService, `Accepted=True/Valid`. */
  conditions(name: string): Promise<readonly string[]>;
}

async function start(t: TestContext): Promise<Bench> {
  const registry = await startTestRegistry(t);
  return {
    ...registry,
    async tell(id, revision, rejected = []) {
      const report = { service: "web", namespace: "default", revision, rejected };
      assert.equal((await registry.ask("PUT", `/mesh/v1/clients/${id}`, report)).status, 204);
      registry.clock.advance(gatheredMs);
    },
    conditions: async (name) => conditionsOf((await registry.ask("GET", `${rules}/${name}`)).body),
  };
}

function conditionsOf({ status }: ReplyBody): readonly string[] {
  return status.conditions.map((one: ReplyBody) => `${one.type}=${one.status}/${one.reason}`);
}

function revisionOf({ body }: { readonly body: ReplyBody }): number {
  return Number(body.metadata.resourceVersion);
}

test("where no client is connected a resource is reconciled as it is written", async (t) => {
  const { ask } = await start(t);
  const { body } = await ask("POST", rules, virtualService("a"));
  assert.deepEqual(conditionsOf(body), ["Accepted=True/Valid", "Reconciled=True/NoClients"]);
  assert.equal(body.status.observedGeneration, 1);
  assert.deepEqual(
    body.status.conditions.map((one: ReplyBody) => one.observedGeneration),
    [1, 1],
  );
});

test("a resource is reconciled once every connected client runs its revision", async (t) => {
  const { ask, tell, conditions } = await start(t);
  await tell("web-1", 1);
  await tell("web-2", 1);
  const revision = revisionOf(await ask("POST", rules, virtualService("a")));
  assert.deepEqual(await conditions("a"), ["Accepted=True/Valid", "Reconciled=False/Pending"]);
  await tell("web-1", revision);
  assert.deepEqual(await conditions("a"), ["Accepted=True/Valid", "Reconciled=False/Pending"]);
  await tell("web-2", revision);
  assert.deepEqual(await conditions("a"), ["Accepted=True/Valid", "Reconciled=True/Running"]);
});

test("a change waits for the clients again, with its own generation; the status costs no generation", async (t) => {
  const { ask, tell } = await start(t);
  await tell("web-1", 1);
  await tell("web-1", revisionOf(await ask("POST", rules, virtualService("a"))));
  const before = (await ask("GET", `${rules}/a`)).body;
  assert.equal(before.metadata.generation, 1);
  const changed = await ask("PUT", `${rules}/a`, { ...before, spec: { ...before.spec, hosts: ["b"] } });
  assert.deepEqual(conditionsOf(changed.body), ["Accepted=True/Valid", "Reconciled=False/Pending"]);
  const { observedGeneration, conditions } = changed.body.status;
  assert.deepEqual([changed.body.metadata.generation, observedGeneration, conditions[1].observedGeneration], [2, 2, 2]);
});

test("a client that ends is waited for no longer", async (t) => {
  const { ask, tell, conditions, clock } = await start(t);
  for (const end of ["says so", "is silent", "loses its lease"]) {
    await tell("web-1", 1);
    if (end === "loses its lease")
      await ask("PUT", "/mesh/v1/namespaces/default/services/web/instances/web-1", instance);
    await ask("POST", rules, virtualService("a"));
    assert.equal((await conditions("a"))[1], "Reconciled=False/Pending", end);
    if (end === "says so") await ask("DELETE", "/mesh/v1/clients/web-1");
    clock.advance(end === "is silent" ? 65_000 : gatheredMs);
    if (end === "loses its lease") clock.advance(35_000);
    assert.equal((await conditions("a"))[1], "Reconciled=True/NoClients", end);
    await ask("DELETE", `${rules}/a`);
  }
});

const instance = { address: "10.0.0.1", ports: { http: 9080 } };

test("who refuses a resource stands in its conditions, until nobody does", async (t) => {
  const { ask, tell, conditions } = await start(t);
  await tell("web-1", 1);
  await tell("web-2", 1);
  const revision = revisionOf(await ask("POST", rules, virtualService("a")));
  await tell("web-1", revision);
  await tell("web-2", 1, ["registry: VirtualService default/a is refused, it is left out: spec.x: unknown"]);
  assert.deepEqual(await conditions("a"), ["Accepted=False/Refused", "Reconciled=False/Refused"]);
  const { message } = (await ask("GET", `${rules}/a`)).body.status.conditions[0];
  assert.match(message, /^1 of 2 connected clients refuse it; web-2: registry: VirtualService default\/a is refused/);
  await tell("web-2", revision);
  assert.deepEqual(await conditions("a"), ["Accepted=True/Valid", "Reconciled=True/Running"]);
});

test("a refusal that names nothing that is stored changes nothing", async (t) => {
  const { ask, tell, conditions } = await start(t);
  await ask("POST", rules, virtualService("a"));
  await tell("web-1", 1, ["VirtualService default/b is refused", "out of memory"]);
  assert.deepEqual(await conditions("a"), ["Accepted=True/Valid", "Reconciled=True/NoClients"]);
});

test("watchers of the Kubernetes kind see the turn as MODIFIED, the mesh's clients do not", async (t) => {
  const { ask, tell, lines } = await start(t);
  await tell("web-1", 1);
  const kube = await lines(`${rules}?watch=true`);
  const mesh = await lines("/mesh/v1/watch?kinds=VirtualService");
  assert.deepEqual(
    (await take(mesh, 2)).map(({ type }) => type),
    ["RESET", "BOOKMARK"],
  );
  const revision = revisionOf(await ask("POST", rules, virtualService("a")));
  await tell("web-1", revision);
  const last = revisionOf(await ask("POST", rules, virtualService("b")));
  assert.deepEqual(
    (await take(kube, 3)).map(({ type, object }) => [type, object.metadata.name, conditionsOf(object)[1]]),
    [
      ["ADDED", "a", "Reconciled=False/Pending"],
      ["MODIFIED", "a", "Reconciled=True/Running"],
      ["ADDED", "b", "Reconciled=False/Pending"],
    ],
  );
  assert.deepEqual(
    (await take(mesh, 2)).map(({ revision: at, object }) => [at, object.metadata.name]),
    [
      [revision, "a"],
      [last, "b"],
    ],
  );
});

test("a client that runs all that concerns it has the registry's revision", async (t) => {
  const { ask, tell } = await start(t);
  await tell("web-1", 1);
  await tell("web-1", revisionOf(await ask("POST", rules, virtualService("a"))));
  await ask("POST", "/api/v1/namespaces/default/secrets", {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
  });
  const { revision, items } = (await ask("GET", "/mesh/v1/clients")).body;
  assert.deepEqual([items[0].revision, items[0].behindMs], [revision, undefined]);
});

test("clients cannot write these conditions, and others stay", async (t) => {
  const { ask } = await start(t);
  const foreign = { type: "Ready", status: "True" };
  const status = { conditions: [{ type: "Reconciled", status: "Unknown" }, foreign], note: "kept" };
  const { body } = await ask("POST", rules, { ...virtualService("a"), status });
  assert.deepEqual(body.status.conditions[0], foreign);
  assert.deepEqual(conditionsOf(body).slice(1), ["Accepted=True/Valid", "Reconciled=True/NoClients"]);
  assert.equal(body.status.note, "kept");
});

test("writing a resource as it is changes nothing, and a dry run leaves its conditions", async (t) => {
  const { ask, tell } = await start(t);
  const { body } = await ask("POST", rules, virtualService("a"));
  await tell("web-1", 1);
  const same = await ask("PUT", `${rules}/a`, virtualService("a"));
  assert.equal(revisionOf(same), revisionOf({ body }));
  const spec = { ...body.spec, hosts: ["b"] };
  const tried = await ask("PUT", `${rules}/a?dryRun=All`, { ...body, spec });
  assert.deepEqual(tried.body.status, body.status);
});
