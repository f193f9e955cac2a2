import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, describe, it } from "node:test";

const drainTimeoutMs = 1_000;

interface Reading {
  /** From the first byte on. */
  readonly first: Promise<unknown>;
  /** "end" where the body came to its end, else why it broke off. */
  readonly end: Promise<unknown>;
}

describe("answers that outlast the drain", () => {
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  async function read(url: string): Promise<Reading> {
    const reader = (await fetch(url)).body!.getReader();
    const first = reader.read();
    const end = first.then(async () => {
      try {
        while (!(await reader.read()).done);
        return "end";
      } catch (error) {
        return error;
      }
    });
    return { first, end };
  }

  it("row 56: an event stream lives until the drain deadline and ends as its end, other bodies break off, and the process is gone", async (t) => {
    const child = fork(join(import.meta.dirname, "upstreams/streaming-server.ts"), [String(drainTimeoutMs)]);
    children.push(child);
    const [{ listening }] = (await once(child, "message")) as [{ readonly listening: number }];
    const events = await read(`http://127.0.0.1:${listening}/events`);
    const plain = await read(`http://127.0.0.1:${listening}/plain`);
    await Promise.all([events.first, plain.first]);
    const exited = once(child, "exit");
    const startedAt = performance.now();
    child.kill("SIGTERM");
    assert.equal(await events.end, "end");
    const endedMs = performance.now() - startedAt;
    assert.ok(endedMs >= drainTimeoutMs - 20, `the stream was ended after ${endedMs} ms`);
    assert.ok((await plain.end) instanceof TypeError, "a body that was cut must not look complete");
    const [code, signal] = await exited;
    const goneMs = performance.now() - startedAt;
    // As a signal ends a program that does not listen to it; a supervisor takes it for the answer to its own SIGTERM.
    assert.deepEqual([code, signal], [null, "SIGTERM"]);
    assert.ok(goneMs < drainTimeoutMs + 2_000, `the process took ${goneMs} ms`);
    t.diagnostic(`ended after ${endedMs.toFixed(0)} ms, the process gone after ${goneMs.toFixed(0)} ms`);
  });
});
