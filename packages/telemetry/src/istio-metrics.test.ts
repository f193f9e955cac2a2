import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type OpenMetricsContentType, Registry } from "prom-client";
import { createClusterMetrics } from "./cluster-metrics.ts";
import { type EdgeLabels, edgeLabelNames, type RequestRecord, requestLabelNames } from "./edge.ts";
import { histogramBounds } from "./histogram.ts";
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
  const labels = Object.fromEntries(edgeLabelNames.map((name) => [name, "unknown"])) as Record<
    keyof EdgeLabels,
    string
  >;
  return { ...labels, reporter, destination_service: destination };
}

async function linesOf(page: { read(): Promise<{ readonly text: string }> }, metric: string): Promise<string[]> {
  const { text } = await page.read();
  return text.split("\n").filter((line) => line.startsWith(`${metric}{`));
}

describe("Istio's metrics", () => {
  it("have every label, on every series, once", async () => {
    const page = createMetricsPage();
    createIstioMetrics(page).edge(labelsOf("source", "ratings")).record(request);
    const [line = ""] = await linesOf(page, "istio_requests_total");
    const names = [...line.matchAll(/(\w+)="/g)].map(([, name]) => name);
    assert.deepEqual(names.sort(), [...edgeLabelNames, ...requestLabelNames].sort());
    assert.match(line, /\} 1$/);
  });

  it("count each request once in cumulative buckets of each histogram", async () => {
    const page = createMetricsPage();
    const edge = createIstioMetrics(page).edge(labelsOf("source", "ratings"));
    edge.record(request);
    edge.record({ ...request, durationMs: 5_000_000 });
    for (const [metric, value, sum] of [
      ["istio_request_duration_milliseconds", 7, 5_000_007],
      ["istio_request_bytes", 300, 600],
      ["istio_response_bytes", 2_000, 4_000],
    ] as const) {
      const buckets = await linesOf(page, `${metric}_bucket`);
      const counts = buckets.map((line) => Number(line.split("} ")[1]));
      const second = metric === "istio_request_duration_milliseconds" ? 5_000_000 : value;
      assert.deepEqual(
        counts,
        [...histogramBounds, Number.POSITIVE_INFINITY].map(
          (bound) => [value, second].filter((each) => each <= bound).length,
        ),
      );
      assert.match((await linesOf(page, `${metric}_sum`))[0]!, new RegExp(`\\} ${sum}$`));
      assert.match((await linesOf(page, `${metric}_count`))[0]!, /\} 2$/);
    }
  });

  it("tell gRPC requests and flags apart", async () => {
    const page = createMetricsPage();
    const edge = createIstioMetrics(page).edge(labelsOf("source", "ratings"));
    edge.record({ ...request, grpcStatus: "14" });
    edge.record({ ...request, status: 503, flags: "UH" });
    edge.record({ ...request, grpcStatus: "" });
    const lines = await linesOf(page, "istio_requests_total");
    const facts = lines.map((line) => /request_protocol.*flags="[^"]*"/.exec(line)![0]);
    assert.deepEqual(facts, [
      'request_protocol="grpc",response_code="200",grpc_response_status="14",response_flags="-"',
      'request_protocol="http",response_code="503",grpc_response_status="",response_flags="UH"',
      'request_protocol="grpc",response_code="200",grpc_response_status="",response_flags="-"',
    ]);
  });

  it("keep half of the room for services, however many hosts outside the mesh are called", async () => {
    const page = createMetricsPage();
    const metrics = createIstioMetrics(page, 10);
    for (let at = 0; at < 20_000; at++) {
      const labels = { ...labelsOf("source", `h${at}`), destination_service_name: "PassthroughCluster" };
      metrics.edge(labels).record(request);
    }
    for (let at = 0; at < 5; at++) metrics.edge(labelsOf("source", `s${at}`)).record(request);
    const lines = await linesOf(page, "istio_requests_total");
    const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
    assert.deepEqual([count(/service="s\d/), count(/service="h\d/), lines.length], [5, 5, 11]);
    assert.equal(metrics.folded, 19_995);
  });

  it("fold what is over the limit into one series for each reporter and class of status, and count it", async () => {
    const page = createMetricsPage();
    const metrics = createIstioMetrics(page, 3);
    for (const reporter of ["source", "destination"]) {
      for (let at = 0; at < 10; at++)
        metrics.edge(labelsOf(reporter, `s${at}`)).record({ ...request, status: 500 + at });
      metrics.edge(labelsOf(reporter, "s0")).record({ ...request, status: 0, flags: "DC" });
    }
    const lines = await linesOf(page, "istio_requests_total");
    assert.equal(lines.length, 2 * (3 + 2));
    const other = lines.filter((line) => line.includes('destination_service="_other"'));
    assert.deepEqual(
      other.map((line) => [
        /reporter="(\w+)"/.exec(line)![1],
        /response_code="(\w+)"/.exec(line)![1],
        line.split("} ")[1],
      ]),
      [
        ["source", "5xx", "7"],
        ["source", "0", "1"],
        ["destination", "5xx", "7"],
        ["destination", "0", "1"],
      ],
    );
    assert.equal(metrics.folded, 16);
  });

  it("keep the memory bounded where callers make names up", async () => {
    const metrics = createIstioMetrics(createMetricsPage());
    const edges = new Set(Array.from({ length: 20_000 }, (_, at) => metrics.edge(labelsOf("destination", `s${at}`))));
    assert.equal(edges.size, 10_001);
  });
});

describe("metrics of clusters", () => {
  it("are counted under _other beyond a thousand clusters", async () => {
    const page = createMetricsPage();
    const metrics = createClusterMetrics(page);
    for (let at = 0; at < 1_002; at++) metrics.stats(`c${at}`).upstream_rq_total += 1;
    const lines = await linesOf(page, "envoy_cluster_upstream_rq_total");
    assert.equal(lines.length, 1_001);
    assert.equal(lines.at(-1), 'envoy_cluster_upstream_rq_total{envoy_cluster_name="_other"} 2');
    assert.equal(metrics.folded, 2);
  });
});

describe("a page of metrics", () => {
  it("goes into a registry of prom-client that the program has, and leaves it again", async () => {
    const registry = new Registry();
    const page = createMetricsPage({ registry });
    createIstioMetrics(page).edge(labelsOf("source", "ratings")).record(request);
    assert.equal((await page.read()).text, await registry.metrics());
    const asJson = await registry.getMetricsAsJSON();
    const bucket = asJson.find(({ name }) => name === "istio_request_bytes")?.values[0];
    assert.equal(bucket?.labels["destination_service"], "ratings");
    page.close();
    assert.equal((await registry.metrics()).trim(), "");
  });

  it("takes the labels that a registry puts on everything", async () => {
    const registry = new Registry();
    registry.setDefaultLabels({ region: "eu", reporter: "nobody" });
    const page = createMetricsPage({ registry });
    createIstioMetrics(page).edge(labelsOf("source", "ratings")).record(request);
    const [line = ""] = await linesOf(page, "istio_requests_total");
    assert.match(line, /region="eu"/);
    assert.deepEqual(line.match(/\breporter="\w+"/g), ['reporter="source"']);
  });

  it("has names as OpenMetrics wants them in a registry of that kind, and leaves it, too", async () => {
    const registry: Registry<OpenMetricsContentType> = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const page = createMetricsPage({ registry });
    createIstioMetrics(page).edge(labelsOf("source", "ratings")).record(request);
    for (const round of [1, 2]) {
      const { text, contentType } = await page.read();
      assert.equal(contentType, Registry.OPENMETRICS_CONTENT_TYPE);
      assert.match(text, /^# TYPE istio_requests counter$/m, `round ${round}`);
      assert.match(text, /^istio_requests_total\{.*\} 1$/m, `round ${round}`);
    }
    page.close();
    assert.equal(registry.getMetricsAsArray().length, 0);
  });

  it("has the process's own metrics where they are asked for", async () => {
    const { text } = await createMetricsPage({ processMetrics: true }).read();
    assert.match(text, /^process_cpu_user_seconds_total \d/m);
    assert.doesNotMatch((await createMetricsPage().read()).text, /process_/);
  });
});
