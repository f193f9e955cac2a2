import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MetricOverride, TelemetryMetrics } from "../../spec/telemetry.ts";
import { mergeMetrics } from "./merge-metrics.ts";

const all = [
  "istio_request_bytes",
  "istio_request_duration_milliseconds",
  "istio_requests_total",
  "istio_response_bytes",
];

function merged(...entries: readonly (readonly MetricOverride[])[]): ReturnType<typeof mergeMetrics> {
  return mergeMetrics(
    entries.map((overrides) => ({ overrides })),
    "CLIENT",
  );
}

describe("overrides of metrics", () => {
  it("are none where nobody has written any", () => {
    assert.deepEqual(merged(), {});
    assert.deepEqual(merged([]), {});
  });

  it("are of all metrics without a match, of one with it, and of none that a process has not", () => {
    assert.deepEqual(Object.keys(merged([{ disabled: true }])).sort(), all);
    assert.deepEqual(Object.keys(merged([{ match: { mode: "CLIENT" }, disabled: true }])).sort(), all);
    assert.deepEqual(merged([{ match: { metric: "REQUEST_COUNT" }, disabled: true }]), {
      istio_requests_total: { disabled: true, tags: {} },
    });
    assert.deepEqual(
      merged([{ match: { metric: "TCP_OPENED_CONNECTIONS" } }, { match: { customMetric: "mine" } }]),
      {},
    );
  });

  it("are of the side that they name", () => {
    assert.deepEqual(merged([{ match: { mode: "SERVER" }, disabled: true }]), {});
  });

  it("add up: the last word on each tag and on disabled counts", () => {
    const policy = merged(
      [{ tagOverrides: { gone: { operation: "REMOVE" }, kept: { value: "'a'" } }, disabled: true }],
      [
        {
          match: { metric: "REQUEST_SIZE" },
          disabled: false,
          tagOverrides: { kept: { operation: "UPSERT", value: "request.host" } },
        },
      ],
    );
    assert.deepEqual(policy["istio_request_bytes"], {
      disabled: false,
      tags: { gone: { kind: "remove" }, kept: { kind: "set", value: { kind: "request", attribute: "host" } } },
    });
    assert.deepEqual(policy["istio_requests_total"], {
      disabled: true,
      tags: { gone: { kind: "remove" }, kept: { kind: "set", value: { kind: "literal", text: "a" } } },
    });
  });

  it("for other providers alone are left out", () => {
    const entry = (...names: readonly string[]): TelemetryMetrics => ({
      providers: names.map((name) => ({ name })),
      overrides: [{ match: { metric: "REQUEST_COUNT" }, disabled: true }],
    });
    assert.deepEqual(mergeMetrics([entry("stackdriver")], "CLIENT"), {});
    assert.deepEqual(Object.keys(mergeMetrics([entry("stackdriver", "prometheus")], "CLIENT")), [
      "istio_requests_total",
    ]);
  });

  for (const [expression, value] of [
    ["'plain'", { kind: "literal", text: "plain" }],
    ['""', { kind: "literal", text: "" }],
    [" request.method ", { kind: "request", attribute: "method" }],
    ["request.headers['X-Tenant']", { kind: "header", header: "x-tenant" }],
    ['request.headers["x-tenant"]', { kind: "header", header: "x-tenant" }],
    ["'a' + 'b'", undefined],
    ["destination.port", undefined],
    ["has(request.host) ? request.host : 'none'", undefined],
  ] as const) {
    it(value === undefined ? `leave a label as it is for ${expression}` : `read ${expression}`, () => {
      const policy = merged([{ match: { metric: "REQUEST_COUNT" }, tagOverrides: { tag: { value: expression } } }]);
      assert.deepEqual(
        policy["istio_requests_total"]?.tags,
        value === undefined ? {} : { tag: { kind: "set", value } },
      );
    });
  }

  it("make labels that Prometheus takes, and none of buckets", () => {
    const policy = merged([
      {
        match: { metric: "REQUEST_COUNT" },
        tagOverrides: { "request-host": { value: "'a'" }, "1st": { value: "'b'" }, le: { value: "'c'" } },
      },
    ]);
    assert.deepEqual(Object.keys(policy["istio_requests_total"]!.tags), ["request_host", "_1st"]);
  });
});
