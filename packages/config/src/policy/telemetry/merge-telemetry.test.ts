import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type TelemetryPolicy, unwrittenTelemetry } from "@intramesh/core";
import type { Resource } from "../../resource.ts";
import type { TelemetrySpec } from "../../spec/telemetry.ts";
import { defaultMeshSettings } from "../mesh-settings.ts";
import { createPolicyBuilder } from "../policy-builder.ts";
import { mergeTelemetry } from "./merge-telemetry.ts";

const client = { namespace: "shop", labels: { app: "cart", version: "v1" } };

function telemetry(
  name: string,
  namespace: string,
  spec: TelemetrySpec,
  created = "2026-01-01T00:00:00Z",
): Resource<TelemetrySpec> {
  return {
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    metadata: { name, namespace, creationTimestamp: created },
    spec,
  };
}

function merge(...resources: readonly Resource<TelemetrySpec>[]): TelemetryPolicy {
  return mergeTelemetry(resources, client, defaultMeshSettings);
}

describe("the Telemetry of a workload", () => {
  it("is what nobody has written where there is none", () => {
    assert.deepEqual(merge(), unwrittenTelemetry);
  });

  it("comes from the root namespace, its own, and what selects it; the most specific has the last word", () => {
    const { names, client: side } = merge(
      telemetry("cart", "shop", {
        selector: { matchLabels: { app: "cart" } },
        tracing: [{ randomSamplingPercentage: 50 }],
      }),
      telemetry("all", "shop", { tracing: [{ randomSamplingPercentage: 10, disableSpanReporting: true }] }),
      telemetry("mesh", "istio-system", { tracing: [{ randomSamplingPercentage: 1, enableIstioTags: false }] }),
    );
    assert.deepEqual(names, ["istio-system/mesh", "shop/all", "shop/cart"]);
    assert.deepEqual(
      [side.tracing.samplingPercent, side.tracing.reportsSpans, side.tracing.istioTags],
      [50, false, false],
    );
  });

  it("leaves other namespaces, other workloads, selectors of the root namespace and attached ones out", () => {
    const { names } = merge(
      telemetry("other", "elsewhere", {}),
      telemetry("ratings", "shop", { selector: { matchLabels: { app: "ratings" } } }),
      telemetry("rooted", "istio-system", { selector: { matchLabels: { app: "cart" } } }),
      telemetry("attached", "shop", { targetRefs: [{ kind: "Gateway", name: "edge" }] }),
    );
    assert.deepEqual(names, []);
  });

  it("is the oldest of its scope", () => {
    const { names } = merge(
      telemetry("young", "shop", {}, "2026-02-01T00:00:00Z"),
      telemetry("old", "shop", {}, "2026-01-01T00:00:00Z"),
    );
    assert.deepEqual(names, ["shop/old"]);
  });

  it("tells the sides apart", () => {
    const policy = merge(
      telemetry("all", "shop", {
        tracing: [
          { match: { mode: "SERVER" }, randomSamplingPercentage: 5 },
          { match: { mode: "CLIENT" }, disableSpanReporting: true },
        ],
        accessLogging: [{ match: { mode: "SERVER" } }],
      }),
    );
    assert.equal(policy.server.tracing.samplingPercent, 5);
    assert.equal(policy.client.tracing.samplingPercent, undefined);
    assert.deepEqual([policy.client.tracing.reportsSpans, policy.server.tracing.reportsSpans], [false, true]);
    assert.equal(policy.client.accessLog, undefined);
    assert.deepEqual(policy.server.accessLog, [{ provider: "envoy", filter: undefined }]);
  });

  it("reads tags of three kinds, those of the most specific as a whole", () => {
    const { tracing } = merge(
      telemetry("mesh", "istio-system", { tracing: [{ customTags: { gone: { literal: { value: "x" } } } }] }),
      telemetry("all", "shop", {
        tracing: [
          {
            customTags: {
              team: { literal: { value: "carts" } },
              pod: { environment: { name: "POD", defaultValue: "none" } },
              tenant: { header: { name: "X-Tenant" } },
            },
          },
        ],
      }),
    ).client;
    assert.deepEqual(tracing.tags, [
      { kind: "literal", name: "team", value: "carts" },
      { kind: "environment", name: "pod", variable: "POD", fallback: "none" },
      { kind: "header", name: "tenant", header: "x-tenant", fallback: undefined },
    ]);
  });

  for (const [title, scopes, expected] of [
    ["of nothing is empty where it is disabled", [[{ disabled: true }]], []],
    [
      "keeps the provider of the wider scope and takes the filter of the narrower",
      [[{ providers: [{ name: "files" }] }], [{ filter: { expression: "response.code >= 500" } }]],
      [{ provider: "files", filter: "response.code >= 500" }],
    ],
    [
      "replaces providers by those of the narrower scope",
      [[{ providers: [{ name: "files" }] }], [{ providers: [{ name: "envoy" }] }]],
      [{ provider: "envoy", filter: undefined }],
    ],
    [
      "of the wider scope can be switched off, and on again",
      [[{ disabled: true }], [{ disabled: false }]],
      [{ provider: "envoy", filter: undefined }],
    ],
    [
      "has every provider that one scope names",
      [[{ providers: [{ name: "envoy" }] }, { providers: [{ name: "files" }], disabled: true }]],
      [{ provider: "envoy", filter: undefined }],
    ],
  ] as const) {
    it(`access log ${title}`, () => {
      const [wide, narrow] = scopes as readonly NonNullable<TelemetrySpec["accessLogging"]>[];
      const policy = merge(
        telemetry("mesh", "istio-system", { accessLogging: wide! }),
        ...(narrow === undefined ? [] : [telemetry("all", "shop", { accessLogging: narrow })]),
      );
      assert.deepEqual(policy.client.accessLog, expected);
    });
  }

  it("is another object only where a Telemetry has changed", () => {
    const builder = createPolicyBuilder(client);
    const first = builder.update({ resources: [telemetry("all", "shop", { accessLogging: [{}] })] }).policy;
    const same = builder.update({ resources: [], changes: { put: [], deleted: [] } }).policy;
    assert.equal(same.telemetry, first.telemetry);
    const put = [telemetry("all", "shop", { accessLogging: [{ disabled: true }] })];
    const { policy, change } = builder.update({ resources: [], changes: { put, deleted: [] } });
    assert.notEqual(change, undefined);
    assert.deepEqual(policy.telemetry.client.accessLog, []);
  });
});
