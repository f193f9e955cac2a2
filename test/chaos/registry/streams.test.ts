import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock, Scheduler } from "@intramesh/core";
import { registrySource } from "@intramesh/discovery";
import { eventually } from "../../support/eventually.ts";
import { startTcpProxy, type TcpProxy } from "../testbed/tcp-proxy.ts";
import { type RegistryProcess, startRegistryProcess } from "./registry-process.ts";

const clock: Clock = { now: () => performance.now(), wallMs: () => Date.now() };
const scheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A client of the library, and what it has been told. */
interface Client {
  /** Names of the Services that it knows now. */
  names(): ReadonlySet<string>;
  /** How often it was told of each. */
  readonly told: ReadonlyMap<string, number>;
  /** Updates that came whole, not as changes to what was there. */
  readonly wholes: number;
}

function follow(t: TestContext, url: string): Client {
  const source = registrySource({ url, clock, scheduler, random: Math.random });
  t.after(() => source.close());
  const told = new Map<string, number>();
  let known: ReadonlySet<string> = new Set();
  let wholes = 0;
  source.start({
    onUpdate({ resources, changes }) {
      if (changes === undefined) wholes += 1;
      for (const { kind, metadata } of changes?.put ?? resources) {
        if (kind === "Service") told.set(metadata.name, (told.get(metadata.name) ?? 0) + 1);
      }
      known = new Set(resources.filter(({ kind }) => kind === "Service").map(({ metadata }) => metadata.name));
    },
    onError: () => undefined,
  });
  return {
    names: () => known,
    told,
    get wholes() {
      return wholes;
    },
  };
}

async function write(url: string, name: string): Promise<void> {
  const spec = { ports: [{ name: "http", port: 80 }] };
  const body = JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name }, spec });
  const { status } = await fetch(`${url}/api/v1/namespaces/default/services`, { method: "POST", body });
  assert.equal(status, 201, name);
}

function dataFolder(t: TestContext): string {
  const data = mkdtempSync(join(tmpdir(), "intramesh-streams-"));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  return data;
}

async function startBehindProxy(t: TestContext): Promise<{ registry: RegistryProcess; proxy: TcpProxy; url: string }> {
  const registry = await startRegistryProcess(dataFolder(t));
  t.after(() => registry.kill());
  const proxy = await startTcpProxy(Number(new URL(registry.url).port));
  t.after(() => proxy.close());
  return { registry, proxy, url: `http://127.0.0.1:${proxy.port}` };
}

/** Longer than two intervals of bookmarks, 20 s, and a try. */
const halfOpenMs = 30_000;

describe("the streams of the library's clients", { concurrency: true }, () => {
  it("resume where they were reset, and are told of each change once (row 17)", async (t) => {
    const { registry, proxy, url } = await startBehindProxy(t);
    const client = follow(t, url);
    await eventually("the first state", 5_000, () => client.wholes === 1);
    const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
    for (const [index, name] of names.entries()) {
      await write(registry.url, name);
      // Often enough that some are reset before, and some after they have been resumed.
      if (index % 10 === 9) proxy.resetFlows();
      await delay(20);
    }
    await eventually("every change", 15_000, () => names.every((name) => client.names().has(name)));
    assert.deepEqual(
      names.map((name) => client.told.get(name)),
      names.map(() => 1),
    );
    assert.equal(client.wholes, 1);
    assert.ok(proxy.connections >= 3, `${proxy.connections} connections`);
  });

  it("are given up where a NAT has forgotten them, and miss nothing (row 16)", { timeout: 60_000 }, async (t) => {
    const { registry, proxy, url } = await startBehindProxy(t);
    const client = follow(t, url);
    await eventually("the first state", 5_000, () => client.wholes === 1);
    proxy.forgetFlows();
    await write(registry.url, "meanwhile");
    const tookMs = await eventually("the change", halfOpenMs, () => client.names().has("meanwhile"));
    t.diagnostic(`the change was known ${Math.round(tookMs)} ms after it`);
    assert.deepEqual([client.told.get("meanwhile"), client.wholes], [1, 1]);
  });

  it("are all back after each of three kills of the registry, each from its revision (row 15)", async (t) => {
    const data = dataFolder(t);
    let registry = await startRegistryProcess(data);
    t.after(() => registry.kill());
    const { url } = registry;
    const port = Number(new URL(url).port);
    const clients = Array.from({ length: 100 }, () => follow(t, url));
    await eventually("the first states", 10_000, () => clients.every(({ wholes }) => wholes === 1));
    for (const name of ["first", "second", "third"]) {
      await registry.kill();
      registry = await startRegistryProcess(data, { port });
      await write(url, name);
      const tookMs = await eventually("all are back", 15_000, () => clients.every((each) => each.names().has(name)));
      t.diagnostic(`100 clients were back ${Math.round(tookMs)} ms after the restart`);
    }
    assert.ok(clients.every(({ told, wholes }) => wholes === 1 && [...told.values()].every((times) => times === 1)));
  });
});
