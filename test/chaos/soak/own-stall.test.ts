import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { createMeshStage } from "../matrix/mesh-stage.ts";
import type { ClientReport } from "./calling-client.ts";
import { type Child, startChild } from "./child.ts";

/** Ten times the per-try timeout and more than twice the route's. */
const stallMs = 2_000;
/** Another one by hand: a pause of twenty seconds, for one. */
const stopMs = Number(process.env["INTRAMESH_STOP_MS"] ?? stallMs);

describe("a client that stands still itself", () => {
  const stage = createMeshStage();
  const children: Child[] = [];
  after(async () => {
    await Promise.all(children.map((child) => child.end()));
    await stage.end();
  });

  /** A client with ten callers before three upstreams that answer after 5 ms. */
  async function client(): Promise<Child> {
    const ports = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { port } = await stage.server((_request, response) => void setTimeout(() => response.end("well"), 5));
        return String(port);
      }),
    );
    const child = await startChild("calling-client.ts", ports, { env: { CALLERS: "10" } });
    children.push(child);
    await passed(500);
    await child.ask({ do: "report" });
    return child;
  }

  it("row 57: ejects nobody and fails no call after its event loop was blocked for 2 s", async () => {
    const child = await client();
    await child.ask({ do: "block", ms: stallMs });
    await passed(300);
    const { calls, failures, ejected } = await child.ask<ClientReport>({ do: "report" });
    assert.ok(calls > 20, `${calls} calls`);
    assert.deepEqual({ failures, ejected }, { failures: [], ejected: [] });
  });

  it(`row 58: ejects nobody and fails no call after it was stopped for ${stopMs} ms`, async () => {
    const child = await client();
    child.process.kill("SIGSTOP");
    await passed(stopMs);
    child.process.kill("SIGCONT");
    await passed(300);
    const { calls, failures, ejected } = await child.ask<ClientReport>({ do: "report" });
    assert.ok(calls > 20, `${calls} calls`);
    assert.deepEqual({ failures, ejected }, { failures: [], ejected: [] });
  });
});
