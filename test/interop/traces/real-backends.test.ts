import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Bookinfo } from "@intramesh/example-bookinfo";
import { firstSeen } from "../../support/eventually.ts";
import { noCollector, noZipkin, startCollector, startZipkin } from "./real-backends.ts";
import { tracesOf, treeOf } from "./received-span.ts";
import { startTraceReceiver, type TraceReceiver } from "./trace-receiver.ts";
import { productPageTree, startTracedBookinfo, timeFaults } from "./traced-bookinfo.ts";
import { receivedZipkin, type ZipkinSpan } from "./zipkin.ts";

const limitMs = 20_000;

interface Link {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

describe("Bookinfo's traces in other people's backends", { timeout: 180_000, skip: noCollector && noZipkin }, () => {
  let receiver: TraceReceiver;
  let zipkinUrl = "";
  let bookinfo: Bookinfo | undefined;
  const stops: (() => Promise<void>)[] = [];
  before(async () => {
    receiver = await startTraceReceiver();
    const zipkin = noZipkin === false ? await startZipkin() : undefined;
    const collector = noCollector === false ? await startCollector(receiver.url) : undefined;
    for (const backend of [zipkin, collector]) if (backend !== undefined) stops.push(() => backend.stop());
    zipkinUrl = zipkin?.url ?? receiver.url;
    bookinfo = await startTracedBookinfo({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector?.url ?? receiver.url,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${zipkinUrl}/api/v2/spans`,
    });
    const response = await fetch(`${bookinfo.url}/productpage`);
    assert.equal(response.status, 200);
    await response.text();
  });
  after(async () => {
    await bookinfo?.stop();
    await Promise.all(stops.map((stop) => stop()));
    receiver.close();
  });

  it("pass OpenTelemetry's collector whole", { skip: noCollector }, async () => {
    const trace = await firstSeen("a trace of seven spans", limitMs, () =>
      tracesOf(receiver.otlp).find(({ length }) => length >= 7),
    );
    assert.deepEqual(treeOf(trace), productPageTree);
    assert.deepEqual(timeFaults(trace), []);
  });

  it("are found in Zipkin by service, as one trace", { skip: noZipkin }, async () => {
    const spans = await firstSeen("a trace of seven spans", limitMs, async () => {
      const response = await fetch(`${zipkinUrl}/api/v2/traces?serviceName=ratings`);
      // Zipkin's own answer.
      const traces = (await response.json()) as readonly (readonly ZipkinSpan[])[];
      return traces.find(({ length }) => length >= 7);
    });
    const trace = spans.map(receivedZipkin);
    assert.deepEqual(treeOf(trace), productPageTree);
    assert.deepEqual(timeFaults(trace), []);
  });

  it("make Zipkin's graph of who calls whom", { skip: noZipkin }, async () => {
    const links = await firstSeen("three links", limitMs, async () => {
      const response = await fetch(`${zipkinUrl}/api/v2/dependencies?endTs=${Date.now()}&lookback=3600000`);
      const found = (await response.json()) as readonly Link[];
      return found.length >= 3 ? found : undefined;
    });
    const calls = links.map(({ parent, child, callCount }) => `${parent} → ${child}: ${callCount}`);
    assert.deepEqual(calls.sort(), ["productpage → details: 1", "productpage → reviews: 1", "reviews → ratings: 1"]);
  });
});
