import assert from "node:assert/strict";
import { it } from "node:test";
import { parseMeshSettings } from "./parse-mesh-settings.ts";

it("a MeshConfig gives the settings that intramesh reads, and warnings for the others", () => {
  const { settings, issues } = parseMeshSettings({
    outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    rootNamespace: "mesh-root",
    connectTimeout: "3s",
    defaultHttpRetryPolicy: { attempts: 0 },
    defaultTrafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } },
    ingressClass: "istio",
  });
  assert.deepEqual(settings, {
    outboundTrafficPolicy: "REGISTRY_ONLY",
    rootNamespace: "mesh-root",
    connectTimeoutMs: 3_000,
    defaultHttpRetryPolicy: { attempts: 0 },
    defaultTrafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } },
  });
  assert.deepEqual(
    issues.map(({ severity, path }) => [severity, path]),
    [["warning", "ingressClass"]],
  );
});

it("an empty document changes nothing", () => {
  assert.deepEqual(parseMeshSettings(undefined), { settings: {}, issues: [] });
});

it("wrong values are refused, all of them", () => {
  const { settings, issues } = parseMeshSettings({
    rootNamespace: "a.b",
    connectTimeout: "0s",
    defaultTrafficPolicy: { outlierDetection: { interval: "0s" } },
  });
  assert.equal(settings, undefined);
  assert.deepEqual(
    issues.map(({ path }) => path),
    ["rootNamespace", "connectTimeout", "defaultTrafficPolicy.outlierDetection.interval"],
  );
});
