import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../testbed/eventually.ts";
import { type RegistryProcess, startRegistryProcess } from "./registry-process.ts";

/** Of the leases here. */
const ttlSeconds = 3;
const ttlMs = ttlSeconds * 1_000;

async function startRegistry(t: TestContext): Promise<RegistryProcess> {
  const data = mkdtempSync(join(tmpdir(), "intramesh-leases-"));
  const registry = await startRegistryProcess(data);
  t.after(async () => {
    await registry.kill();
    rmSync(data, { recursive: true, force: true });
  });
  return registry;
}

/** A process that keeps `count` instances registered, renewing each three times a lease. */
async function startHolder(t: TestContext, url: string, name: string, count: number): Promise<ChildProcess> {
  const holder = fork(join(import.meta.dirname, "lease-holder.ts"), [url, name, String(count), String(ttlSeconds)], {
    execArgv: ["--conditions=@intramesh/source", "--disable-warning=ExperimentalWarning"],
  });
  t.after(() => holder.kill("SIGKILL"));
  await once(holder, "message");
  return holder;
}

async function registered(url: string): Promise<string[]> {
  const { items } = (await (await fetch(`${url}/mesh/v1/instances`)).json()) as {
    readonly items: readonly { readonly instance: string }[];
  };
  return items.map(({ instance }) => instance).sort();
}

/** How often the revision was given: nothing was evicted or registered while it stands still. */
async function revisionOf(url: string): Promise<number> {
  const { revision } = (await (await fetch(`${url}/mesh/v1/clients`)).json()) as { readonly revision: number };
  return revision;
}

test("a registry that was stopped for two leases evicts nobody (row 11)", async (t) => {
  const registry = await startRegistry(t);
  await startHolder(t, registry.url, "a", 20);
  const before = await revisionOf(registry.url);
  registry.signal("SIGSTOP");
  await delay(2 * ttlMs);
  registry.signal("SIGCONT");
  assert.equal((await registered(registry.url)).length, 20);
  await delay(ttlMs + 1_000);
  assert.equal((await registered(registry.url)).length, 20);
  assert.equal(await revisionOf(registry.url), before, "nobody left and came back");
});

test("most clients stopped for two leases are kept; one that is stopped alone is evicted in time and comes back (rows 12, 13)", async (t) => {
  const registry = await startRegistry(t);
  const [crowd] = await Promise.all([startHolder(t, registry.url, "a", 12), startHolder(t, registry.url, "b", 7)]);
  const alone = await startHolder(t, registry.url, "alone", 1);
  crowd.kill("SIGSTOP");
  await delay(2 * ttlMs);
  assert.equal((await registered(registry.url)).length, 20, "self-preservation");
  crowd.kill("SIGCONT");
  await eventually("all renew again", ttlMs, async () => {
    const metrics = await (await fetch(`${registry.url}/metrics`)).text();
    return metrics.includes("\nintramesh_registry_instances_preserved 0\n");
  });
  await delay(ttlMs);

  alone.kill("SIGSTOP");
  const tookMs = await eventually("it is evicted", ttlMs + 1_500, async () => {
    return !(await registered(registry.url)).includes("alone-0");
  });
  assert.ok(tookMs > ttlMs / 2, `after ${tookMs} ms`);
  assert.equal((await registered(registry.url)).length, 19);
  alone.kill("SIGCONT");
  await eventually("it is back", ttlMs, async () => (await registered(registry.url)).includes("alone-0"));
});

test("of two processes with one id the newer has it, and the older is told", async (t) => {
  const registry = await startRegistry(t);
  const older = await startHolder(t, registry.url, "same", 1);
  const told = once(older, "message");
  await startHolder(t, registry.url, "same", 1);
  const [message] = (await told) as [string];
  assert.match(message, /was taken over by a newer process with the same id/);
  assert.deepEqual(await registered(registry.url), ["same-0"]);
});
