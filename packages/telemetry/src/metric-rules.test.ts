import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type MetricPolicy, type RequestView, type TelemetryPolicy, unwrittenTelemetry } from "@intramesh/core";
import { type EdgeLabels, edgeLabelNames, type RequestRecord } from "./edge.ts";
import { createIstioMetrics } from "./istio-metrics.ts";
import { createMetricsPage } from "./metrics-page.ts";

const request: RequestRecord = {
  status: 200,
  flags: "-",
  grpcStatus: undefined,
  durationMs: 7,
  requestBytes: 300,
  responseBytes: 2_000,
};

function labelsOf(reporter: string, destination: string): EdgeLabels {
  // Every name is there.
  const labels = Object.fromEntries(edgeLabelNames.map((name) => [name, "unknown"])) as Record<
    keyof EdgeLabels,
    string
  >;
  return { ...labels, reporter, destination_service: destination };
}

function telemetry(client: Readonly<Record<string, MetricPolicy>>): TelemetryPolicy {
  return { ...unwrittenTelemetry, client: { ...unwrittenTelemetry.client, metrics: client } };
}

function viewOf(method: string, headers: Readonly<Record<string, string>>): RequestView {
  return { method, scheme: "http", authority: "ratings:9080", path: "/", header: (name) => headers[name] };
}

/** Two callees of one caller, one caller of this process. */
function counted(): {
  readonly metrics: ReturnType<typeof createIstioMetrics>;
  lines(name: string): Promise<string[]>;
} {
  const page = createMetricsPage();
  const metrics = createIstioMetrics(page);
  for (const [reporter, destination] of [
    ["source", "ratings"],
    ["source", "details"],
    ["destination", "reviews"],
  ] as const) {
    metrics.edge(labelsOf(reporter, destination)).record(request);
  }
  return {
    metrics,
    async lines(name) {
      const { text } = await page.read();
      return text.split("\n").filter((line) => line.startsWith(`${name}{`));
    },
  };
}

const removed: MetricPolicy = { disabled: false, tags: { destination_service: { kind: "remove" } } };

describe("rules of metrics", () => {
  it("take the series of one side off the page, and bring them back with their counts", async () => {
    const { metrics, lines } = counted();
    metrics.apply(telemetry({ istio_requests_total: { disabled: true, tags: {} } }));
    assert.match((await lines("istio_requests_total")).join("\n"), /^[^\n]*reporter="destination"[^\n]*$/);
    assert.equal((await lines("istio_request_bytes_count")).length, 3);
    metrics.apply(unwrittenTelemetry);
    assert.equal((await lines("istio_requests_total")).length, 3);
  });

  it("count series together that differ in a removed label only", async () => {
    const { metrics, lines } = counted();
    metrics.apply(telemetry({ istio_requests_total: removed, istio_request_bytes: removed }));
    const [source, other] = await lines("istio_requests_total");
    assert.match(source!, /reporter="source".*\} 2$/);
    assert.doesNotMatch(source!, /destination_service=/);
    assert.match(other!, /destination_service="reviews"/);
    const sums = await lines("istio_request_bytes_sum");
    assert.match(sums[0]!, /\} 600$/);
    const bucket = (await lines("istio_request_bytes_bucket")).find((line) => line.includes('le="+Inf"'));
    assert.match(bucket!, /\} 2$/);
    assert.equal((await lines("istio_response_bytes_count")).length, 3);
  });

  it("set labels to texts and to what requests say; what came before has unknown", async () => {
    const { metrics, lines } = counted();
    const set: MetricPolicy = {
      disabled: false,
      tags: {
        team: { kind: "set", value: { kind: "literal", text: 'a"b' } },
        method: { kind: "set", value: { kind: "request", attribute: "method" } },
        tenant: { kind: "set", value: { kind: "header", header: "x-tenant" } },
      },
    };
    metrics.apply(telemetry({ istio_requests_total: set }));
    const edge = metrics.edge(labelsOf("source", "ratings"));
    const { clientTags, serverTags } = metrics.rules;
    assert.equal(serverTags, undefined);
    for (const view of [viewOf("GET", { "x-tenant": "blue" }), viewOf("POST", {}), viewOf("POST", {})])
      edge.record({ ...request, tags: clientTags?.(view) });
    const facts = (await lines("istio_requests_total"))
      .filter((line) => line.includes('destination_service="ratings"'))
      .map((line) => /team="(.*)",method="(.*)",tenant="(.*)"\} (\d+)/.exec(line)?.slice(1));
    assert.deepEqual(facts, [
      ['a\\"b', "unknown", "unknown", "1"],
      ['a\\"b', "GET", "blue", "1"],
      ['a\\"b', "POST", "unknown", "2"],
    ]);
    metrics.apply(unwrittenTelemetry);
    const ratings = (await lines("istio_requests_total")).filter((line) => line.includes('"ratings"'));
    assert.equal(ratings.length, 1);
    assert.match(ratings[0]!, /\} 4$/);
  });
});
