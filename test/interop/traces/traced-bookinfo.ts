import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bookinfo, startBookinfo } from "@intramesh/example-bookinfo";
import type { ReceivedSpan, SpanTree } from "./received-span.ts";

/**
 * Bookinfo with tracing switched on from outside, by the variables that anybody would set, and without reviews v1, which
 * does not call ratings. What it wrote is thrown with what goes wrong.
 */
export async function startTracedBookinfo(endpoints: Readonly<Record<string, string>>): Promise<Bookinfo> {
  const data = mkdtempSync(join(tmpdir(), "intramesh-traces-"));
  process.on("exit", () => rmSync(data, { recursive: true, force: true }));
  // Bookinfo's processes inherit this one's environment; this test file is a process of its own.
  Object.assign(process.env, {
    INTRAMESH_TRACING: "true",
    OTEL_TRACES_EXPORTER: "otlp,zipkin",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    ...endpoints,
  });
  const lines: string[] = [];
  const options = { registryPort: 0, port: 0, data, ratingsDatabase: undefined };
  try {
    const bookinfo = await startBookinfo(options, (line) => lines.push(line), new AbortController().signal);
    await bookinfo.programs.get("reviews-v1")!.stop();
    return bookinfo;
  } catch (error) {
    throw new Error(`Bookinfo did not start:\n${lines.join("\n")}`, { cause: error });
  }
}

/** What one look at the product page makes of spans. */
export const productPageTree: SpanTree = {
  service: "productpage",
  kind: "SERVER",
  children: [
    calling("productpage", { service: "details", kind: "SERVER", children: [] }),
    calling("productpage", {
      service: "reviews",
      kind: "SERVER",
      children: [calling("reviews", { service: "ratings", kind: "SERVER", children: [] })],
    }),
  ],
};

function calling(service: string, callee: SpanTree): SpanTree {
  return { service, kind: "CLIENT", children: [callee] };
}

/** Clocks of spans begin at whole milliseconds and go on by another clock. */
const toleranceUs = 3_000;

/**
 * What is wrong with the times of a trace: each span took some time and begins inside its parent. A call ends there too; a
 * callee that others keep from the processor may note its end after its caller has got the answer.
 */
export function timeFaults(spans: readonly ReceivedSpan[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return spans.flatMap((span) => {
    const { name, kind, startUs, durationUs } = span;
    if (durationUs <= 0 || durationUs > 60_000_000) return [`${kind} ${name} took ${durationUs} µs`];
    const parent = byId.get(span.parentId ?? "");
    if (parent === undefined) return [];
    const early = parent.startUs - startUs;
    const endUs = kind === "CLIENT" ? startUs + durationUs : startUs;
    const late = endUs - (parent.startUs + parent.durationUs);
    return Math.max(early, late) > toleranceUs ? [`${kind} ${name}: ${early} µs early, ${late} µs late`] : [];
  });
}
