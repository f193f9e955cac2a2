import assert from "node:assert/strict";
import type { RequestListener, ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { after, describe, it } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { type Random, seededRandom } from "@intramesh/core";
import type { Mesh } from "intramesh";
import { request, stream } from "undici";
import { resources } from "../testbed/resources.ts";
import { createMeshStage, route, service } from "./mesh-stage.ts";

const seeds = [3, 20_261, 77_003];
const calls = 400;
const atOnce = 25;
/** How long the last ends may take to arrive, in ms. */
const patienceMs = 8_000;

const long = Buffer.alloc(300_000, "x");

/** What upstreams do, one of them drawn for each attempt. */
const behaviours: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.end("short"),
  (response) => response.end(long),
  (response) => response.writeHead(204).end(),
  (response) => response.writeHead(304, { etag: '"1"' }).end(),
  (response) => response.writeHead(503, { "content-length": "4" }).end("busy"),
  (response) => response.writeHead(500).write("never ends"),
  (response) => response.socket?.destroy(),
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.write("half", () => response.socket?.destroy()),
  (response) => response.writeHead(200, { "content-length": "100" }).write("less"),
  (response) => response.write("first, then nothing"),
  () => undefined,
  (response) => setTimeout(() => response.end("late"), 15),
  (response) => response.writeEarlyHints({ link: "</style>; rel=preload" }, () => response.end("hinted")),
  (response) => {
    if (response.req.method !== "HEAD") {
      response.writeHead(200, { trailer: "x-sum" }).write("summed");
      response.addTrailers({ "x-sum": "6" });
    }
    response.end();
  },
  (response) => response.writeHead(200, { "content-encoding": "gzip" }).end("no gzip"),
  (response) => response.writeHead(302, { location: "/again" }).end("there"),
];

const pick = <Choice>(choices: readonly Choice[], random: Random): Choice =>
  choices[Math.floor(random() * choices.length)]!;

/** One call: how it is made, and what becomes of it. */
type Caller = (mesh: Mesh, url: string, random: Random, signal: AbortSignal) => Promise<unknown>;

const bodies: readonly ((random: Random) => RequestInit)[] = [
  () => ({}),
  () => ({ method: "HEAD" }),
  () => ({ method: "POST", body: "text" }),
  () => ({ method: "PUT", body: long }),
  () => ({ method: "POST", body: new Blob(["streamed"]).stream(), duplex: "half" }) as RequestInit,
  () => ({ method: "POST", body: ReadableStream.from(failing()), duplex: "half" }) as RequestInit,
];

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("some");
  throw new Error("the caller's own stream broke");
}

const readings: readonly ((response: Response) => unknown)[] = [
  (response) => response.text(),
  (response) => response.body?.cancel(),
  (response) => Promise.all([response.clone().text(), response.text()]),
  (response) => response.body?.getReader().read(),
  // Never read: dropped by its caller.
  () => undefined,
];

const callers: readonly Caller[] = [
  async (mesh, url, random, signal) => {
    const response = await mesh.fetch(url, { ...pick(bodies, random)(random), signal });
    await pick(readings, random)(response);
  },
  async (mesh, url, random, signal) => {
    const { body } = await request(url, { dispatcher: mesh.dispatcher, signal });
    body.on("error", () => undefined);
    if (random() < 0.3) body.destroy();
    else if (random() < 0.5) await body.dump();
    else await body.text();
  },
  async (mesh, url, random, signal) => {
    const breaks = random() < 0.3;
    await stream(url, { dispatcher: mesh.dispatcher, method: "GET", signal }, () => {
      if (random() < 0.1) throw new Error("no place for it");
      return new Writable({ write: (_chunk, _encoding, done) => done(breaks ? new Error("the sink is full") : null) });
    });
  },
];

/** Policies under which the mixes run. */
const policies: Readonly<
  Record<string, { readonly resilience: string; readonly pool: string; readonly rule: string }>
> = {
  "ceilings, retries and a bulkhead": {
    resilience: "bulkhead: { maxConcurrent: 12, maxQueue: 4 }, retryBudget: { percent: 50 }",
    pool: "tcp: { maxConnections: 6 }, http: { http1MaxPendingRequests: 8, http2MaxRequests: 12, maxRetries: 3 }",
    rule: "timeout: 150ms, retries: { attempts: 2, perTryTimeout: 60ms, retryOn: '5xx,reset', backoff: 1ms }",
  },
  "a breaker with a limit, adaptive concurrency and fallbacks": {
    resilience:
      "circuitBreaker: { timeout: 60ms, resetTimeout: 10ms }, adaptiveConcurrency: { initial: 20, max: 40 }, fallback: { destination: { host: other }, maxConcurrent: 4 }",
    pool: "tcp: { maxConnections: 8 }",
    rule: "timeout: 150ms, retries: { attempts: 1, retryOn: 'connect-failure,reset', backoff: 1ms }",
  },
  "hedges and shared answers": {
    resilience:
      "hedging: { delay: 10ms, maxHedges: 2 }, collapse: { methods: [GET] }, bulkhead: { maxConcurrent: 20, maxQueue: 10 }",
    pool: "http: { http2MaxRequests: 15 }",
    rule: "timeout: 120ms, retries: { attempts: 1, retryOn: gateway-error, backoff: 1ms }, mirror: { host: other }",
  },
};

/** What the admin port says is in use, of all clusters: every number in it is to be 0. */
interface InUse {
  readonly cluster: string;
  readonly inUse: Readonly<Record<"connections" | "pending" | "requests" | "retries", number>>;
  readonly bulkhead?: { readonly active: number; readonly queued: number };
  readonly adaptiveConcurrency?: { readonly inFlight: number };
  readonly fallbacksRunning: number;
  readonly endpoints: readonly { readonly id: string; readonly active: number }[];
}

async function held(mesh: Mesh): Promise<string[]> {
  const clusters = (await (await globalThis.fetch(`${mesh.adminUrl}/clusters`)).json()) as InUse[];
  return clusters.flatMap(({ cluster, inUse, bulkhead, adaptiveConcurrency, fallbacksRunning, endpoints }) => {
    const counts = {
      pending: inUse.pending,
      requests: inUse.requests,
      retries: inUse.retries,
      bulkhead: bulkhead?.active ?? 0,
      queued: bulkhead?.queued ?? 0,
      adaptive: adaptiveConcurrency?.inFlight ?? 0,
      fallbacks: fallbacksRunning,
      active: endpoints.reduce((sum, { active }) => sum + active, 0),
    };
    return Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${cluster}: ${count} ${name}`]));
  });
}

describe("rows 70 and 71: however calls end", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  for (const [name, { resilience, pool, rule }] of Object.entries(policies)) {
    for (const seed of seeds) {
      it(`every place comes back under ${name}, seed ${seed}`, { timeout: 60_000 }, async () => {
        const random = seededRandom(seed);
        const flaky: RequestListener = (incoming, response) => {
          incoming.on("error", () => undefined);
          response.on("error", () => undefined);
          if (random() < 0.8) incoming.resume();
          pick(behaviours, random)(response);
        };
        const upstreams = [await stage.server(flaky), await stage.server(flaky)];
        const mesh = await stage.mesh(
          [
            ...service("upstream", upstreams, `{ connectionPool: { ${pool} } }`),
            ...service("other", upstreams),
            ...route("upstream", rule),
            ...resources(`
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: upstream }
spec: { host: upstream, ${resilience} }
`),
          ],
          { adminPort: 0, bodyIdleTimeoutMs: 1_000, system: { random } },
        );
        let left = calls;
        let succeeded = 0;
        const caller = async (): Promise<void> => {
          while (left > 0) {
            left -= 1;
            const controller = new AbortController();
            const timer = random() < 0.4 ? setTimeout(() => controller.abort(), random() * 80) : undefined;
            const url = `http://upstream/${Math.floor(random() * 3)}`;
            await pick(callers, random)(mesh, url, random, controller.signal).then(
              () => (succeeded += 1),
              () => undefined,
            );
            clearTimeout(timer);
          }
        };
        await Promise.all(Array.from({ length: atOnce }, caller));
        assert.ok(succeeded > 0, "no call succeeded");
        const until = performance.now() + patienceMs;
        while ((await held(mesh)).length > 0 && performance.now() < until) await passed(20);
        assert.deepEqual(await held(mesh), []);
      });
    }
  }
});
