import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { timedCall } from "./testbed/load.ts";
import { virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
const ok = "HTTP/1.1 200 OK\r\n";

/** Responses that no reading of RFC 9112 makes one message of. */
const malformed: Readonly<Record<string, string>> = {
  "Content-Length and Transfer-Encoding": `${ok}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
  "two lengths": `${ok}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde`,
  "a bare LF": `${ok}Content-Length: 3\nX: y\r\n\r\nabc`,
  "a header without an end": `${ok}X: ${"y".repeat(1_000_000)}`,
  "a chunk size that is none": `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
  "no HTTP at all": "SSH-2.0-OpenSSH_9.9\r\n",
};

describe("responses that are none", () => {
  const bed = createTestbed();
  after(() => bed.end());

  for (const [what, bytes] of Object.entries(malformed)) {
    it(`row 49: ${what}: an error at once, and the connection is not used again`, async (t) => {
      const replica = await bed.replica("v1");
      const mesh = await bed.mesh([replica.port], virtualService("timeout: 2s, retries: { attempts: 0 }"));
      await replica.behave({ kind: "raw", bytes: base64(bytes) });
      const call = await timedCall(mesh.fetch, "http://reviews/");
      assert.ok(call.status === 502 || call.status === 503 || call.status === 0, JSON.stringify(call));
      assert.ok(call.tookMs < 1_000, `it took ${call.tookMs} ms`);
      await replica.behave({ kind: "answer" });
      assert.equal((await timedCall(mesh.fetch, "http://reviews/")).status, 200);
      const { requests } = await replica.seen();
      assert.deepEqual(
        requests.map(({ connection }) => connection),
        [1, 2],
      );
      await settled(mesh);
      t.diagnostic(`${call.status} ${call.flags} after ${call.tookMs.toFixed(0)} ms`);
    });
  }

  it("row 49: a gzip bomb: no more is unpacked than is read", async (t) => {
    const packed = gzipSync(Buffer.alloc(200_000_000));
    const head = `${ok}Content-Encoding: gzip\r\nContent-Length: ${packed.byteLength}\r\n\r\n`;
    const replica = await bed.replica("v1");
    const bytes = Buffer.concat([Buffer.from(head), packed]).toString("base64");
    await replica.behave({ kind: "raw", bytes });
    const mesh = await bed.mesh([replica.port]);
    const before = process.memoryUsage().rss;
    const response = await mesh.fetch("http://reviews/");
    const reader = response.body!.getReader();
    await reader.read();
    await reader.read();
    const grown = process.memoryUsage().rss - before;
    await reader.cancel();
    assert.ok(grown < packed.byteLength * 100, `${grown} bytes for ${packed.byteLength}`);
    await settled(mesh);
    t.diagnostic(`${packed.byteLength} bytes packed, resident memory grew by ${(grown / 1_048_576).toFixed(1)} MiB`);
  });

  it("row 50: ten thousand 103 responses before the 200: the 200 is delivered", async (t) => {
    const replica = await bed.replica("v1");
    const mesh = await bed.mesh([replica.port]);
    const early = base64("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
    const last = base64(`${ok}Content-Length: 2\r\n\r\nok`);
    await replica.behave({ kind: "raw", bytes: early, times: 10_000, last });
    const call = await timedCall(mesh.fetch, "http://reviews/");
    assert.equal(call.status, 200);
    await settled(mesh);
    t.diagnostic(`200 after ${call.tookMs.toFixed(0)} ms`);
  });

  it("row 50: 1xx responses without an end: the route timeout ends them", async (t) => {
    const replica = await bed.replica("v1");
    const mesh = await bed.mesh([replica.port], virtualService("timeout: 500ms"));
    await replica.behave({ kind: "raw", bytes: base64("HTTP/1.1 103 Early Hints\r\n\r\n"), times: 50_000_000 });
    const call = await timedCall(mesh.fetch, "http://reviews/");
    await replica.kill();
    assert.deepEqual([call.status, call.flags], [504, "UT"]);
    assert.ok(call.tookMs < 500 + 250, `it took ${call.tookMs} ms`);
    await settled(mesh);
    t.diagnostic(`504 UT after ${call.tookMs.toFixed(0)} ms`);
  });

  it("row 50: 101 where no upgrade was asked for: an error at once", async (t) => {
    const replica = await bed.replica("v1");
    const mesh = await bed.mesh([replica.port], virtualService("timeout: 2s, retries: { attempts: 0 }"));
    await replica.behave({
      kind: "raw",
      bytes: base64("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"),
    });
    const call = await timedCall(mesh.fetch, "http://reviews/");
    assert.ok(call.status >= 502 && call.tookMs < 1_000, JSON.stringify(call));
    await settled(mesh);
    t.diagnostic(`${call.status} ${call.flags} after ${call.tookMs.toFixed(0)} ms`);
  });

  it("row 50: 204 with a body: the body is no later response", async (t) => {
    const replica = await bed.replica("v1");
    const mesh = await bed.mesh([replica.port]);
    const smuggled = "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n";
    await replica.behave({ kind: "raw", bytes: base64(`HTTP/1.1 204 No Content\r\n\r\n${smuggled}`) });
    assert.equal((await timedCall(mesh.fetch, "http://reviews/")).status, 204);
    await replica.behave({ kind: "answer" });
    const next = await timedCall(mesh.fetch, "http://reviews/");
    assert.equal(next.status, 200);
    const { requests } = await replica.seen();
    assert.deepEqual(
      requests.map(({ connection }) => connection),
      [1, 2],
    );
    await settled(mesh);
    t.diagnostic("204, then 200 on connection 2");
  });
});
