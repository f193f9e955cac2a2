import { createRequire } from "node:module";
import { trace } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";

/*
 * A program that instrumented itself before it knew of a mesh: importing this starts the SDK with both instrumentations.
 */
const exporter = new InMemorySpanExporter();
const sdk = new NodeSDK({
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
});
sdk.start();
// The instrumentation of http patches what is required; imports of the module then see it too.
createRequire(import.meta.url)("node:http");

export function finishedSpans(): readonly ReadableSpan[] {
  return exporter.getFinishedSpans();
}

export function forgetSpans(): void {
  exporter.reset();
}

export async function stopInstrumentation(): Promise<void> {
  await sdk.shutdown();
  trace.disable();
}
