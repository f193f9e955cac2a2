import assert from "node:assert/strict";
import { it } from "node:test";
import { translateOutlierDetection } from "./translate-outlier-detection.ts";

it("no block means no detection", () => {
  assert.equal(translateOutlierDetection(null), undefined);
});

it("an empty block has Istio's defaults", () => {
  assert.deepEqual(translateOutlierDetection({}), {
    consecutive5xxErrors: 5,
    consecutiveGatewayErrors: 0,
    consecutiveLocalOriginFailures: 0,
    splitLocalOriginErrors: false,
    httpErrorCodes: undefined,
    intervalMs: 10_000,
    baseEjectionMs: 30_000,
    maxEjectionMs: 300_000,
    maxEjectionPercent: 10,
    minHealthPercent: 0,
  });
});

const cases: readonly { readonly block: object; readonly meaning: object }[] = [
  { block: { consecutive5xxErrors: 0 }, meaning: { consecutive5xxErrors: 0 } },
  { block: { consecutiveGatewayErrors: 7 }, meaning: { consecutiveGatewayErrors: 7, consecutive5xxErrors: 5 } },
  { block: { maxEjectionPercent: 0 }, meaning: { maxEjectionPercent: 10 } },
  { block: { maxEjectionPercent: 100 }, meaning: { maxEjectionPercent: 100 } },
  { block: { baseEjectionTime: "3m" }, meaning: { baseEjectionMs: 180_000, maxEjectionMs: 300_000 } },
  { block: { baseEjectionTime: "10m" }, meaning: { baseEjectionMs: 600_000, maxEjectionMs: 600_000 } },
  { block: { interval: "1s", minHealthPercent: 40 }, meaning: { intervalMs: 1_000, minHealthPercent: 40 } },
  { block: { splitExternalLocalOriginErrors: true }, meaning: { consecutiveLocalOriginFailures: 5 } },
  {
    block: { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 0 },
    meaning: { splitLocalOriginErrors: true, consecutiveLocalOriginFailures: 0 },
  },
  { block: { outlierDetectionHttpErrorCodes: [] }, meaning: { httpErrorCodes: undefined } },
  { block: { outlierDetectionHttpErrorCodes: [429, 503] }, meaning: { httpErrorCodes: [429, 503] } },
  { block: { consecutiveErrors: 1 }, meaning: { consecutive5xxErrors: 5 } },
];

for (const { block, meaning } of cases) {
  it(`${JSON.stringify(block)} means ${JSON.stringify(meaning)}`, () => {
    assert.deepEqual(translateOutlierDetection({ ...block }), {
      ...translateOutlierDetection({}),
      ...meaning,
      ...split(block),
    });
  });
}

function split(block: object): object {
  return "splitExternalLocalOriginErrors" in block ? { splitLocalOriginErrors: true } : {};
}
