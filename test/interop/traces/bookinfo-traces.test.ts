import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Bookinfo } from "@intramesh/example-bookinfo";
import { firstSeen } from "../../support/eventually.ts";
import { type ReceivedSpan, tracesOf, treeOf } from "./received-span.ts";
import { startTraceReceiver, type TraceReceiver } from "./trace-receiver.ts";
import { productPageTree, startTracedBookinfo, timeFaults } from "./traced-bookinfo.ts";

/** Starting takes seconds, exporting a tenth of one. */
const limitMs = 20_000;

describe("one look at Bookinfo's product page, traced", { timeout: 120_000 }, () => {
  let receiver: TraceReceiver;
  let bookinfo: Bookinfo | undefined;
  before(async () => {
    receiver = await startTraceReceiver();
    bookinfo = await startTracedBookinfo({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${receiver.url}/api/v2/spans`,
    });
    const response = await fetch(`${bookinfo.url}/productpage`);
    assert.equal(response.status, 200);
    await response.text();
  });
  after(async () => {
    await bookinfo?.stop();
    receiver.close();
  });

  function whole(spans: () => readonly ReceivedSpan[]): Promise<readonly ReceivedSpan[]> {
    return firstSeen("a trace of seven spans", limitMs, () => tracesOf(spans()).find(({ length }) => length >= 7));
  }

  for (const [api, spans] of [
    ["OTLP", () => receiver.otlp],
    ["Zipkin's API", () => receiver.zipkin],
  ] as const) {
    it(`is one trace over ${api}: productpage calls details and reviews, reviews calls ratings`, async () => {
      const trace = await whole(spans);
      assert.deepEqual(treeOf(trace), productPageTree);
      assert.deepEqual(timeFaults(trace), []);
      assert.deepEqual(tracesOf(spans()).length, 1);
      assert.deepEqual(receiver.refused, []);
    });
  }

  it("names the logical service and shows the endpoint, in one attempt", async () => {
    const trace = await whole(() => receiver.otlp);
    const call = trace.find(({ kind, tags }) => kind === "CLIENT" && tags["server.service.name"] === "ratings");
    assert.ok(call !== undefined);
    assert.equal(call.name, "ratings.default.svc.cluster.local:9080/*");
    const { tags } = call;
    assert.equal(tags["server.address"], "ratings.default.svc.cluster.local");
    assert.equal(tags["network.peer.address"], "127.0.0.1");
    assert.equal(tags["upstream_cluster"], "outbound|9080||ratings.default.svc.cluster.local");
    assert.equal(tags["istio.canonical_service"], "reviews");
    assert.equal(tags["http.response.status_code"], "200");
    assert.deepEqual(call.events, ["attempt"]);
    const callee = trace.find(({ parentId }) => parentId === call.spanId)!;
    assert.equal(callee.tags["client.service.name"], "reviews");
    assert.equal(callee.tags["guid:x-request-id"], tags["guid:x-request-id"]);
  });
});
