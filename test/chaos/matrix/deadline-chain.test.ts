import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterEach, describe, it } from "node:test";
import { setTimeout as work } from "node:timers/promises";
import type { Mesh } from "intramesh";
import { resources } from "../testbed/resources.ts";
import { createMeshStage, service } from "./mesh-stage.ts";

const names = ["one", "two", "three", "four", "five"] as const;
type Name = (typeof names)[number];

/** What the caller of the chain gives it, by a route timeout. */
const budgetMs = 1_000;
/** What a deadline may be late by at the end of the chain: each hop counts from the arrival of its request, in whole ms. */
const transitMs = 25;

/** A thing that a service did. */
interface Deed {
  readonly service: Name;
  readonly what: "began" | "worked" | "called";
  /** Since the chain was called. */
  readonly atMs: number;
}

/** Five meshed services, each of which works, then calls the next and answers with what that said. */
interface Chain {
  readonly entrance: Mesh;
  /** Port of the first service. */
  readonly port: number;
  readonly deeds: readonly Deed[];
  /** What this machine itself was late by at worst since the start, in ms. */
  lagMs(): number;
  /** Calls `then` when a service does a thing. */
  when(service: Name, what: Deed["what"], then: () => void): void;
  /** Resolves when every request that the services were given has ended. */
  idle(): Promise<void>;
  start(): void;
}

describe("a chain of five services", () => {
  let stage = createMeshStage();
  afterEach(async () => {
    await stage.end();
    stage = createMeshStage();
  });

  /** `workMs`: what each service works before its call; in slices, until its caller is gone. */
  async function chain(workMs: number, timeout = `timeout: ${budgetMs}ms`): Promise<Chain> {
    const deeds: Deed[] = [];
    const open = new Set<ServerResponse>();
    const delays = monitorEventLoopDelay({ resolution: 5 });
    let onDeed: (deed: Deed) => void = () => undefined;
    let startedAt = 0;
    const ports = new Map<Name, number>();
    const place = (name: Name): ReturnType<typeof service> => service(name, [{ port: ports.get(name)! }]);

    const step = (name: Name, mesh: () => Mesh, next: Name | undefined): RequestListener => {
      const note = (what: Deed["what"]): void => {
        const deed: Deed = { service: name, what, atMs: performance.now() - startedAt };
        deeds.push(deed);
        onDeed(deed);
      };
      return async (_request, response) => {
        open.add(response);
        response.once("close", () => open.delete(response));
        note("began");
        const sliceMs = 20;
        for (let done = 0; done < workMs && !response.destroyed; done += sliceMs) {
          await work(sliceMs);
          if (!response.destroyed) note("worked");
        }
        if (next === undefined || response.destroyed) {
          response.end(name);
          return;
        }
        note("called");
        try {
          const answer = await mesh().fetch(`http://${next}/`);
          response.statusCode = answer.status;
          response.end(await answer.text());
        } catch {
          response.destroy();
        }
      };
    };

    for (const name of [...names].reverse()) {
      const next = names[names.indexOf(name) + 1];
      let mesh: Mesh;
      const { port } = await stage.server((request, response) => listener(request, response));
      ports.set(name, port);
      mesh = await stage.mesh(next === undefined ? [] : place(next), { service: { name } });
      const listener = mesh.listener(step(name, () => mesh, next));
    }
    const entrance = await stage.mesh([
      ...place("one"),
      ...resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: one }
spec: { hosts: [one], http: [{ route: [{ destination: { host: one } }], retries: { attempts: 0 }, ${timeout} }] }
`),
    ]);
    return {
      entrance,
      deeds,
      port: ports.get("one")!,
      lagMs: () => delays.max / 1e6,
      when(service, what, then) {
        onDeed = (deed) => {
          if (deed.service === service && deed.what === what) then();
        };
      },
      start() {
        delays.enable();
        startedAt = performance.now();
      },
      async idle() {
        while (open.size > 0) await Promise.all([...open].map((response) => once(response, "close")));
      },
    };
  }

  function reached(deeds: readonly Deed[]): Name[] {
    return deeds.filter(({ what }) => what === "began").map(({ service }) => service);
  }

  it("answers within a budget that suffices, through all five", async () => {
    const { entrance, deeds, start } = await chain(20);
    start();
    const response = await entrance.fetch("http://one/");
    assert.deepEqual([response.status, await response.text()], [200, "five"]);
    assert.deepEqual(reached(deeds), names);
  });

  it("does no work after a budget of 1 s has passed", async () => {
    // 280 ms each: the fourth would be done after the budget's end, the fifth begin after it.
    const { entrance, deeds, start, idle, lagMs } = await chain(280);
    start();
    const response = await entrance.fetch("http://one/");
    // What is left is told downstream in whole milliseconds: a hop within the chain may be the first to run out.
    assert.equal(response.status, 504);
    await idle();
    const limitMs = budgetMs + transitMs + 4 * lagMs();
    assert.deepEqual(
      deeds.filter(({ atMs }) => atMs > limitMs),
      [],
    );
    assert.deepEqual(reached(deeds).slice(0, 3), ["one", "two", "three"]);
    assert.ok(!reached(deeds).includes("five"));
  });

  it("stops at every service when the first caller goes away", async () => {
    const { entrance, deeds, start, idle, when } = await chain(60, "timeout: 60s");
    const controller = new AbortController();
    const before = new Promise<number>((resolve) => {
      when("three", "began", () => {
        controller.abort();
        resolve(deeds.length);
      });
    });
    start();
    await assert.rejects(entrance.fetch("http://one/", { signal: controller.signal }), { name: "AbortError" });
    const count = await before;
    await idle();
    // The slice of work that the third had begun may end; nothing else is begun, by anybody.
    assert.ok(deeds.length <= count + 1, JSON.stringify(deeds.slice(count)));
    assert.deepEqual(reached(deeds), ["one", "two", "three"]);
  });

  it("refuses a request that arrives expired before any handler runs", async () => {
    const { port, deeds } = await chain(20);
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { "grpc-timeout": "0m" } });
    assert.deepEqual([response.status, response.headers.get("x-intramesh-response-flags")], [504, "UT"]);
    assert.deepEqual(deeds, []);
  });

  it("sends no call after the deadline of the request that it is made for", async () => {
    const { port, deeds, idle } = await chain(100);
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { "x-envoy-expected-rq-timeout-ms": "50" } });
    assert.equal(response.status, 504);
    await idle();
    assert.deepEqual(reached(deeds), ["one"]);
  });
});
