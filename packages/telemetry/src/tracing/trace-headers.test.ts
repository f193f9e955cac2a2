import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { HeaderMap } from "@intramesh/core";
import {
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";
import type { B3Form } from "./b3.ts";
import { extractParent, injectSpan } from "./trace-headers.ts";

const traceId = "463ac35c9f6413ad48485a3953bb6124";
const spanId = "a2fb4a1d1a96d312";
const span = trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.SAMPLED });
const w3c = `00-${traceId}-${spanId}-01`;
const single = `${traceId}-${spanId}-1`;

/** Headers that a request leaves with. */
function inject(b3: B3Form, before: readonly string[] = []): Readonly<Record<string, string>> {
  const headers = new HeaderMap([...before]);
  injectSpan(ROOT_CONTEXT, span, headers, { b3, traceHeaders: [] });
  return Object.fromEntries(headers.entries());
}

describe("the trace headers of a request", () => {
  afterEach(() => propagation.disable());
  const use = (propagator: TextMapPropagator): unknown => propagation.setGlobalPropagator(propagator);

  it("are W3C without a propagator", () => {
    assert.deepEqual(inject("none"), { traceparent: w3c });
  });

  it("are B3, single, where OTEL_PROPAGATORS says b3", () => {
    use(new B3Propagator());
    assert.deepEqual(inject("none"), { b3: single });
  });

  it("are B3, multi, where it says b3multi", () => {
    use(new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }));
    assert.deepEqual(inject("none"), { "x-b3-traceid": traceId, "x-b3-spanid": spanId, "x-b3-sampled": "1" });
  });

  it("have the form of B3 that the caller uses beside what the SDK writes", () => {
    assert.deepEqual(inject("single"), { traceparent: w3c, b3: single });
    assert.deepEqual(inject("multi"), {
      traceparent: w3c,
      "x-b3-traceid": traceId,
      "x-b3-spanid": spanId,
      "x-b3-sampled": "1",
    });
  });

  it("have both forms of B3 where the caller uses both", () => {
    const multi = { "x-b3-traceid": traceId, "x-b3-spanid": spanId, "x-b3-sampled": "1" };
    assert.deepEqual(inject("both"), { traceparent: w3c, b3: single, ...multi });
  });

  it("have no state that is over the limits of W3C", () => {
    const headers = new HeaderMap();
    const traceState = createTraceState(`a=${"v".repeat(600)}`);
    injectSpan(ROOT_CONTEXT, trace.wrapSpanContext({ ...span.spanContext(), traceState }), headers, undefined);
    assert.deepEqual(Object.fromEntries(headers.entries()), { traceparent: w3c });
  });

  it("leave nothing of another span behind", () => {
    const other = ["traceparent", "00-1-2-01", "tracestate", "a=1", "x-b3-traceid", "1", "x-b3-parentspanid", "3"];
    use(new B3Propagator());
    assert.deepEqual(inject("none", other), {
      traceparent: w3c,
      "x-b3-traceid": traceId,
      "x-b3-spanid": spanId,
      "x-b3-sampled": "1",
      b3: single,
    });
  });

  it("are those of the inbound request, unchanged, where tracing is suppressed", () => {
    const headers = new HeaderMap();
    const none = trace.wrapSpanContext({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 });
    injectSpan(ROOT_CONTEXT, none, headers, { b3: "none", traceHeaders: ["traceparent", w3c] });
    assert.equal(headers.get("traceparent"), w3c);
  });
});

describe("the caller's span", () => {
  afterEach(() => propagation.disable());

  for (const [name, headers] of [
    ["W3C", { traceparent: w3c }],
    ["W3C of a later version, with more behind it", { traceparent: `cc-${traceId}-${spanId}-01-what` }],
    ["B3, single", { b3: single }],
    ["B3, multi", { "x-b3-traceid": traceId, "x-b3-spanid": spanId, "x-b3-sampled": "1" }],
  ] as const) {
    it(`is found in ${name}, whatever the SDK was told of formats`, () => {
      for (const propagator of [undefined, new B3Propagator()]) {
        if (propagator !== undefined) propagation.setGlobalPropagator(propagator);
        const found = trace.getSpanContext(extractParent(ROOT_CONTEXT, headers));
        assert.deepEqual([found?.traceId, found?.spanId, found?.traceFlags], [traceId, spanId, TraceFlags.SAMPLED]);
      }
    });
  }

  for (const traceparent of [
    "",
    `ff-${w3c.slice(3)}`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    w3c.slice(0, -3),
    `${w3c}-what`,
  ]) {
    it(`is nobody in "${traceparent}"`, () => {
      assert.equal(trace.getSpanContext(extractParent(ROOT_CONTEXT, { traceparent })), undefined);
    });
  }
});
