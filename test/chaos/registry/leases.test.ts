import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../../support/eventually.ts";
import { type ProcessOptions, type RegistryProcess, startRegistryProcess } from "./registry-process.ts";

/** Of the leases here. */
const ttlSeconds = 3;
const ttlMs = ttlSeconds * 1_000;

async function startRegistry(t: TestContext, options?: ProcessOptions): Promise<RegistryProcess> {
  const data = mkdtempSync(join(tmpdir(), "intramesh-leases-"));
  const registry = await startRegistryProcess(data, options);
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

/** Nothing is evicted or registered while it stands still. */
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

/** Debian's package `faketime`, on the machines that tests run on. */
const fakeTime = ["x86_64", "aarch64"]
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));

test("no lease ends when the registry's wall clock jumps an hour ahead and two back (row 30)", {
  skip: fakeTime === undefined ? "needs libfaketime" : false,
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-clock-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const offset = join(folder, "offset");
  writeFileSync(offset, "+0\n");
  const variables = {
    LD_PRELOAD: fakeTime,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  const under = ["env", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
  const registry = await startRegistry(t, { under });
  await startHolder(t, registry.url, "a", 11);
  const before = await revisionOf(registry.url);
  for (const jump of ["+3600", "-3600"]) {
    writeFileSync(offset, `${jump}\n`);
    await delay(ttlMs + 1_500);
    const seen = Date.parse((await fetch(`${registry.url}/healthz`)).headers.get("date")!);
    assert.ok(Math.abs(seen - Date.now() - Number(jump) * 1_000) < 60_000, `the registry's clock is ${jump}`);
    assert.equal((await registered(registry.url)).length, 11);
    assert.equal(await revisionOf(registry.url), before, `after ${jump}`);
  }
});
