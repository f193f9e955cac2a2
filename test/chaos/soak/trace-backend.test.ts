import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { seededRandom } from "@intramesh/core";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Mesh } from "intramesh";
import { createMeshStage, service } from "../matrix/mesh-stage.ts";

/** What the SDK may hold while its backend does not answer. */
const maxQueueSize = 500;
/** What it hands out at once. */
const batchSize = 100;

describe("a trace backend that does not answer", () => {
  const stage = createMeshStage();
  let awake = false;
  const waiting: (() => void)[] = [];
  after(async () => {
    trace.disable();
    context.disable();
    await stage.end();
  });

  async function medianMs(mesh: Mesh): Promise<number> {
    const tookMs: number[] = [];
    for (let turn = 0; turn < 2_000; turn += 1) {
      const startedAt = performance.now();
      const response = await mesh.fetch("http://upstream/");
      assert.equal(response.status, 200);
      await response.arrayBuffer();
      tookMs.push(performance.now() - startedAt);
    }
    return tookMs.sort((some, other) => some - other)[1_000]!;
  }

  it("row 69: fails no call, holds none up, and gathers a bounded number of spans", async () => {
    const server = await stage.server((_request, response) => void response.end("well"));
    const mesh = await stage.mesh(service("upstream", [server]));
    await medianMs(mesh);
    const before = await medianMs(mesh);

    let exported = 0;
    const silent: SpanExporter = {
      export(spans, done) {
        exported += spans.length;
        const taken = (): void => done({ code: 0 });
        if (awake) taken();
        else waiting.push(taken);
      },
      shutdown: () => Promise.resolve(),
    };
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const processor = new BatchSpanProcessor({
      exporter: silent,
      maxQueueSize,
      maxExportBatchSize: batchSize,
      scheduledDelayMillis: 10,
      exportTimeoutMillis: 60_000,
    });
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
    const during = await medianMs(mesh);
    // Spans themselves cost something; waiting for their backend would cost its timeout.
    assert.ok(during < before + 5, `${during} ms instead of ${before} ms`);
    assert.ok(exported > 0, "the backend was asked");
    awake = true;
    for (const taken of waiting) taken();
    await processor.forceFlush();
    // What was waiting, and the batch that was on its way; the other 1,400 were dropped.
    assert.ok(exported <= maxQueueSize + batchSize, `${exported} spans kept`);
  });
});

describe("callers that give up at random", () => {
  const stage = createMeshStage();
  after(async () => {
    trace.disable();
    context.disable();
    await stage.end();
  });

  it("row 71: leave no span open, no call running and no token taken", async (t) => {
    const random = seededRandom(71);
    const slow = await stage.server((_request, response) => {
      response.write("some");
      setTimeout(() => response.end("more"), random() * 10);
    });
    const mesh = await stage.mesh(service("upstream", [slow]));
    const open = new Set<string>();
    let started = 0;
    const counting: SpanProcessor = {
      onStart(span) {
        started += 1;
        open.add(span.spanContext().spanId);
      },
      onEnd: (span) => void open.delete(span.spanContext().spanId),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [counting] }));
    let gaveUp = 0;
    const callers = Array.from({ length: 10 }, async () => {
      for (let turn = 0; turn < 100; turn += 1) {
        const signal = AbortSignal.timeout(Math.floor(random() * 60));
        try {
          await (await mesh.fetch("http://upstream/", { signal })).text();
        } catch {
          gaveUp += 1;
        }
      }
    });
    await Promise.all(callers);
    t.diagnostic(`${gaveUp} of 1,000 gave up`);
    assert.ok(gaveUp > 10);
    assert.equal(started, 1_000);
    assert.deepEqual([...open], []);
    const gauges = (await mesh.metrics()).split("\n").filter((line) => /^\w*upstream_rq_active\{/.test(line));
    assert.ok(gauges.length > 0);
    for (const gauge of gauges) assert.match(gauge, / 0$/);
  });
});
