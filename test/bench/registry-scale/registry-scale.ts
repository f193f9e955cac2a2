import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instancePath } from "@intramesh/discovery";
import { Pool } from "undici";
import type { Table } from "../table.ts";
import { type Child, startChild } from "./child.ts";
import type { ClientsOrder, ClientsReport } from "./clients-process.ts";
import type { RegistryReport } from "./registry-process.ts";

/** DESIGN's figures. */
const figures = { changeMs: 250, renewalsPerSecond: 10_000, backMs: 30_000 };

const clientCount = 1_000;
const serviceCount = 100;
const instancesPerService = 20;
const servicesPerClient = 5;
const virtualServices = 200;
const writes = 200;
const renewalMs = 4_000;
const renewalConnections = 16;

type Registry = Child<object, RegistryReport>;
type Clients = Child<ClientsOrder, ClientsReport>;

const names = Array.from({ length: serviceCount }, (_, at) => `service-${at}`);

/** A registry, its thousand clients and who writes: a process each. */
export async function registryScale(): Promise<Table> {
  const data = await mkdtemp(join(tmpdir(), "intramesh-bench-"));
  let registry: Registry = startChild("registry-process.ts", "0", data);
  const clients: Clients = startChild("clients-process.ts");
  try {
    const { url, port } = await registry.next("listening");
    const pool = new Pool(url, { connections: renewalConnections, pipelining: 1 });
    await fill(pool);
    const before = await usageOf(registry);
    const connecting = now();
    const services = names.map((name) => `${name}.default`);
    clients.send({ kind: "connect", url, count: clientCount, services, perClient: servicesPerClient });
    await clients.next("connected");
    const connectMs = now() - connecting;
    const after = await usageOf(registry);
    const config = await timeChanges(clients, clientCount, (at) => writeRule(pool, at));
    const subscribers = (clientCount * servicesPerClient) / serviceCount;
    const endpoints = await timeChanges(clients, subscribers, (at) => writeInstance(pool, at));
    const renewals = await timeRenewals(pool, registry);
    await pool.close();
    const resumed = await restart(registry, clients, String(port), data);
    registry = resumed.registry;
    const afresh = await restart(registry, clients, String(port), ":memory:");
    registry = afresh.registry;
    return {
      kind: "table",
      lines: [
        ["what", "measured", "figure"],
        [`change of a rule to the last of ${clientCount} clients, p50`, ms(config.p50), ""],
        ["  p99", ms(config.p99), within(config.p99, figures.changeMs, "ms")],
        ["  slowest", ms(config.max), ""],
        [`change of an instance to the last of ${subscribers} subscribers, p50`, ms(endpoints.p50), ""],
        ["  p99", ms(endpoints.p99), within(endpoints.p99, figures.changeMs, "ms")],
        [
          "lease renewals, per second of the registry's CPU",
          renewals.perCpuSecond.toFixed(0),
          atLeast(renewals.perCpuSecond),
        ],
        ["lease renewals, per second, over HTTP on this machine", renewals.perSecond.toFixed(0), ""],
        [
          "memory of the registry per client, after a collection",
          `${((after.rssBytes - before.rssBytes) / clientCount / 1_024).toFixed(1)} KiB`,
          "",
        ],
        [`first connection of ${clientCount} clients at once`, ms(connectMs), ""],
        [
          "killed and started with its data: all back after",
          ms(resumed.backMs),
          within(resumed.backMs, figures.backMs, "ms"),
        ],
        [
          "  whole states sent, refused with 429, most at once",
          `${resumed.whole}, ${resumed.refused}, ${resumed.peak}`,
          "",
        ],
        [
          "killed and started without data: all back after",
          ms(afresh.backMs),
          within(afresh.backMs, figures.backMs, "ms"),
        ],
        [
          "  whole states sent, refused with 429, most at once",
          `${afresh.whole}, ${afresh.refused}, ${afresh.peak}`,
          "",
        ],
      ],
      notes: [
        `${virtualServices} VirtualServices, ${serviceCount} services of ${instancesPerService} instances; each client subscribes to ${servicesPerClient} services.`,
        "Times run from the acknowledged write, and from when the registry listens again; all clients are in one process.",
      ],
    };
  } finally {
    await Promise.all([registry.kill(), clients.kill()]);
    await rm(data, { recursive: true, force: true });
  }
}

async function fill(pool: Pool): Promise<void> {
  for (const name of names) {
    const all = Array.from({ length: instancesPerService }, (_, at) => register(pool, name, at, "v1"));
    // Not all at once: the disk takes them one by one.
    await Promise.all(all);
  }
  for (let at = 0; at < virtualServices; at++) await writeRule(pool, at, "POST");
}

function registration(version: string): string {
  return JSON.stringify({ address: "10.0.0.1", ports: { http: 9080 }, labels: { version }, ttlSeconds: 3_600 });
}

function register(pool: Pool, service: string, at: number, version: string): Promise<number> {
  return send(pool, "PUT", instancePath("default", service, `${service}-${at}`), registration(version));
}

function writeInstance(pool: Pool, at: number): Promise<number> {
  return register(pool, names[at % serviceCount]!, 0, `w${at}`);
}

/** The revision that the write has made. */
async function writeRule(pool: Pool, at: number, method: "POST" | "PATCH" = "PATCH"): Promise<number> {
  const name = `rule-${at % virtualServices}`;
  const path = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
  const http = [{ timeout: `${at + 1}s`, route: [{ destination: { host: names[at % serviceCount] } }] }];
  if (method === "PATCH") return send(pool, method, `${path}/${name}`, JSON.stringify({ spec: { http } }));
  const metadata = { name };
  const spec = { hosts: [name], http };
  const body = { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec };
  return send(pool, method, path, JSON.stringify(body));
}

async function send(pool: Pool, method: "PUT" | "POST" | "PATCH", path: string, body: string): Promise<number> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const response = await pool.request({ method, path, body, headers: { "content-type": type } });
  const answer = (await response.body.json()) as {
    readonly revision?: number;
    readonly message?: string;
    readonly metadata?: { readonly resourceVersion?: string };
  };
  if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.message}`);
  return answer.revision ?? Number(answer.metadata?.resourceVersion);
}

interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** From a write's answer until the last of `count` clients has had it; a write that is later than its news counts 0. */
async function timeChanges(clients: Clients, count: number, write: (at: number) => Promise<number>): Promise<Spread> {
  const times: number[] = [];
  for (let at = 1; at <= writes; at++) {
    const revision = await write(at * 1_000 + at);
    const acknowledged = now();
    clients.send({ kind: "expect", revision, count });
    const arrived = await clients.next("arrived");
    times.push(Math.max(0, arrived.at - acknowledged));
  }
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function timeRenewals(
  pool: Pool,
  registry: Registry,
): Promise<{ readonly perSecond: number; readonly perCpuSecond: number }> {
  const body = registration("v1");
  const before = await usageOf(registry);
  const startedAt = now();
  let count = 0;
  const lane = async (first: number): Promise<void> => {
    // Instance 0 of a service has been written to.
    for (let at = first; now() - startedAt < renewalMs; at++) {
      const name = names[at % serviceCount]!;
      const instance = `${name}-${1 + (at % (instancesPerService - 1))}`;
      const path = instancePath("default", name, instance);
      const response = await pool.request({
        method: "PUT",
        path,
        body,
        headers: { "content-type": "application/json" },
      });
      await response.body.dump();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: renewalConnections }, (_, at) => lane(at * 7)));
  const seconds = (now() - startedAt) / 1_000;
  const after = await usageOf(registry);
  return { perSecond: count / seconds, perCpuSecond: count / ((after.cpuMs - before.cpuMs) / 1_000) };
}

interface Return {
  readonly registry: Registry;
  readonly backMs: number;
  readonly whole: number;
  readonly refused: number;
  readonly peak: number;
}

/** Kills the registry and starts one on its port. */
async function restart(former: Registry, clients: Clients, port: string, data: string): Promise<Return> {
  clients.send({ kind: "watch-return" });
  await former.kill();
  const registry: Registry = startChild("registry-process.ts", port, data);
  const { url } = await registry.next("listening");
  const listening = now();
  let peak = 0;
  let isBack = false;
  const back = clients.next("back").finally(() => {
    isBack = true;
  });
  while (!isBack) {
    const page = await (await fetch(`${url}/metrics`)).text();
    peak = Math.max(peak, Number(/^intramesh_registry_watch_openings (\d+)$/m.exec(page)?.[1]));
  }
  const { at, whole, refused } = await back;
  return { registry, backMs: at - listening, whole, refused, peak };
}

async function usageOf(registry: Registry): Promise<Extract<RegistryReport, { readonly kind: "usage" }>> {
  registry.send({});
  return registry.next("usage");
}

/** The machine's monotonic clock: one for all processes. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function within(value: number, limit: number, unit: string): string {
  return `<= ${limit} ${unit} ${value <= limit ? "reached" : "MISSED"}`;
}

function atLeast(value: number): string {
  return `>= ${figures.renewalsPerSecond} ${value >= figures.renewalsPerSecond ? "reached" : "MISSED"}`;
}
