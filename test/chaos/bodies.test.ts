import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { timedCall } from "./testbed/load.ts";
import { virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";
import type { Replica } from "./upstreams/start-replica.ts";

const chunkBytes = 65_536;

/** A request body without an end, that counts what was taken of it. */
function endlessBody(): { readonly init: RequestInit; readonly takenBytes: number; readonly cancelled: boolean } {
  const state = { takenBytes: 0, cancelled: false };
  const chunk = new Uint8Array(chunkBytes);
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.takenBytes += chunkBytes;
        controller.enqueue(chunk);
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  return Object.assign(state, { init });
}

/** What the kernel holds of the connections to a port of loopback, in bytes, on both sides (proc(5)). */
function kernelBytes(port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return readFileSync("/proc/net/tcp", "latin1")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote, state]) => state === "01" && (local?.endsWith(wanted) || remote?.endsWith(wanted)))
    .reduce((sum, fields) => {
      const [sent, received] = fields[4]!.split(":");
      return sum + Number.parseInt(sent!, 16) + Number.parseInt(received!, 16);
    }, 0);
}

/** Resolves to what was taken when nothing more has been for a while. */
async function stalledAt(body: { readonly takenBytes: number }): Promise<number> {
  let before = -1;
  await eventually("the body waits", 3_000, async () => {
    before = body.takenBytes;
    await delay(150);
    return body.takenBytes === before && before > 0;
  });
  return before;
}

describe("bodies that get stuck", () => {
  const bed = createTestbed();
  after(() => bed.end());

  it("row 46: a body of one byte at a time: the route timeout ends it, and memory stays flat", async (t) => {
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "drip", everyMs: 2 });
    const mesh = await bed.mesh([replica.port], virtualService("timeout: 500ms"));
    await timedCall(mesh.fetch, "http://reviews/");
    const heapBefore = process.memoryUsage().heapUsed;
    const calls = await Promise.all(Array.from({ length: 20 }, () => timedCall(mesh.fetch, "http://reviews/")));
    const grownBytes = process.memoryUsage().heapUsed - heapBefore;
    const worst = Math.max(...calls.map(({ tookMs }) => tookMs));
    assert.ok(
      calls.every(({ status, flags }) => status === 0 && flags.includes("terminated")),
      JSON.stringify(calls[0]),
    );
    assert.ok(worst < 500 + 150, `the slowest took ${worst} ms`);
    assert.ok(grownBytes < 20_000_000, `the heap grew by ${grownBytes} bytes`);
    await settled(mesh);
    await eventually("the replica's connections are closed", 1_000, async () => {
      return (await replica.seen()).openConnections === 0;
    });
    t.diagnostic(`20 bodies ended after at most ${worst.toFixed(0)} ms, no connection is left`);
  });

  it("row 46: a body that stops in the middle: bodyIdleTimeoutMs ends it with flag SI, and its place comes back", async (t) => {
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "half-body", bytes: 100, framing: "chunked" });
    const mesh = await bed.mesh([replica.port], "", { bodyIdleTimeoutMs: 500 });
    const call = await timedCall(mesh.fetch, "http://reviews/");
    assert.deepEqual([call.status, call.flags.includes("terminated")], [0, true]);
    assert.match(await mesh.metrics(), /istio_requests_total\{[^\n]*response_flags="SI"[^\n]* 1\n/);
    await settled(mesh);
    assert.ok(call.tookMs >= 490 && call.tookMs < 2_500, `${call.tookMs} ms`);
    t.diagnostic(`ended after ${call.tookMs.toFixed(0)} ms`);
  });

  it("row 46: a caller who gives up on a dripping body frees its connection", async (t) => {
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "drip", everyMs: 2 });
    const mesh = await bed.mesh([replica.port]);
    const response = await mesh.fetch("http://reviews/", { signal: AbortSignal.timeout(200) });
    await assert.rejects(response.text());
    await settled(mesh);
    const tookMs = await eventually("the connection is closed", 1_000, async () => {
      return (await replica.seen()).openConnections === 0;
    });
    t.diagnostic(`the connection was closed ${tookMs.toFixed(0)} ms later`);
  });

  it("row 47: an upstream that never reads: the body waits, and at most the replay limit and 64 KiB are held", async (t) => {
    const replayLimitBytes = 65_536;
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "deaf" });
    const mesh = await bed.mesh([replica.port], virtualService("timeout: 3s, retries: { attempts: 0 }"), {
      replayLimitBytes,
    });
    const body = endlessBody();
    const call = timedCall(mesh.fetch, "http://reviews/", body.init);
    const taken = await stalledAt(body);
    const readBytes = (await replica.seen()).bytesRead;
    const heldBytes = taken - readBytes - kernelBytes(replica.port);
    // One chunk may be on its way beyond what the stream is asked to hold.
    const mostBytes = replayLimitBytes + 65_536 + chunkBytes;
    assert.ok(heldBytes <= mostBytes, `${heldBytes} bytes are held in the process`);
    assert.equal((await call).status, 504);
    await settled(mesh);
    t.diagnostic(`${taken} bytes taken, ${heldBytes} of them in the process, then 504`);
  });

  for (const reads of [true, false]) {
    it(`row 48: 413 while the body is sent, ${reads ? "reading on" : "not reading on"}: delivered, its connection not used again`, async (t) => {
      const replica = await bed.replica("v1");
      await replica.behave({ kind: "early", status: 413, reads });
      const mesh = await bed.mesh([replica.port]);
      const body = endlessBody();
      const call = await timedCall(mesh.fetch, "http://reviews/", body.init);
      assert.equal(call.status, 413);
      await replica.behave({ kind: "answer" });
      assert.equal((await timedCall(mesh.fetch, "http://reviews/")).status, 200);
      assert.deepEqual(await connectionsOf(replica), [1, 2]);
      await settled(mesh);
      await eventually("the body's stream is let go of", 1_000, () => body.cancelled);
      t.diagnostic(`413 after ${call.tookMs.toFixed(0)} ms, the next request on connection 2`);
    });
  }
});

async function connectionsOf(replica: Replica): Promise<number[]> {
  return (await replica.seen()).requests.map(({ connection }) => connection);
}
