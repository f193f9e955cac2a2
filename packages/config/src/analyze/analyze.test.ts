import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource } from "../resource.ts";
import { type AnalysisCase, reviews, rule, to, virtualService } from "../testing/analysis/analysis-case.ts";
import { policyCases } from "../testing/analysis/policy-cases.ts";
import { routingCases } from "../testing/analysis/routing-cases.ts";
import { trafficCases } from "../testing/analysis/traffic-cases.ts";
import { analyze, analyzeWrite } from "./analyze.ts";
import { analysisChecks } from "./checks.ts";
import { analysisCodes, findAnalysisCode } from "./codes.ts";
import type { Finding } from "./finding.ts";
import { resourceTitle } from "./resource-title.ts";

const cases: readonly AnalysisCase[] = [...routingCases, ...trafficCases, ...policyCases];

describe("analysis", () => {
  for (const { name, code, found, at, clean } of cases) {
    it(`finds ${name} (${code}), and nothing where it is not so`, () => {
      const findings = analyze(found).filter((finding) => finding.code === code);
      assert.deepEqual(findings.map(placeOf).sort(), at);
      for (const { severity, message } of findings) {
        assert.equal(severity, findAnalysisCode(code)?.severity);
        assert.match(message, /\S/);
      }
      assert.deepEqual(
        analyze(clean)
          .filter((finding) => finding.code === code)
          .map(placeOf),
        [],
      );
      assert.deepEqual(
        analyze([...found].reverse())
          .filter((finding) => finding.code === code)
          .map(placeOf)
          .sort(),
        at,
      );
    });
  }

  it("has a case for every code that a check reports, and a check for every case", () => {
    const reported = new Set(analysisChecks.flatMap(({ codes }) => codes));
    assert.deepEqual([...new Set(cases.map(({ code }) => code))].sort(), [...reported].sort());
  });

  it("knows every code of its checks, and has none that nobody reports", () => {
    // A failure of a check, and what comes from validation.
    const others = ["IST0001", "IST0106", "IST0133"];
    const reported = new Set([...others, ...analysisChecks.flatMap(({ codes }) => codes)]);
    assert.deepEqual(
      analysisCodes.map(({ code }) => code),
      [...reported].sort(),
    );
  });

  it("reports nothing with a code that its check does not declare", () => {
    for (const { found } of cases) {
      for (const finding of analyze(found)) assert.ok(analysisChecks.some(({ codes }) => codes.includes(finding.code)));
    }
  });

  it("takes no host for unknown where no service is declared, unless the resources are all that there is", () => {
    const resources = [virtualService("reviews", { gateways: ["edge"] }), rule("reviews", { subsets: [] })];
    const found = (isComplete: boolean): readonly string[] =>
      analyze(resources, { isComplete })
        .filter(({ code }) => code !== "IST0167")
        .map(placeOf);
    assert.deepEqual(found(false), []);
    assert.deepEqual(found(true), [
      "VirtualService default/reviews spec.http[0].route[0].destination.host",
      "VirtualService default/reviews spec.gateways[0]",
      "DestinationRule default/reviews spec.host",
    ]);
  });

  it("misses a subset as soon as a rule for the host is known", () => {
    const routed = virtualService("reviews", { http: [{ route: [to("reviews", { subset: "v2" })] }] });
    assert.deepEqual(analyze([routed]), []);
    const resources = [routed, rule("reviews", { subsets: [{ name: "v1" }] })];
    assert.deepEqual(analyze(resources).map(placeOf), [
      "VirtualService default/reviews spec.http[0].route[0].destination.subset",
    ]);
  });

  it("leaves out what a resource's annotation suppresses", () => {
    const suppressed = (list: string): Resource => ({
      ...rule("reviews", {}),
      metadata: { name: "reviews", annotations: { "galley.istio.io/analyze-suppress": list } },
    });
    assert.deepEqual(analyze([suppressed("IST0101,IST0167")]), []);
    assert.deepEqual(analyze([suppressed("*")]), []);
    assert.deepEqual(
      analyze([suppressed("IST0101")]).map(({ code }) => code),
      ["IST0167"],
    );
  });

  it("takes names in the mesh's own domain", () => {
    const local = virtualService("reviews", { http: [{ route: [to("reviews.default.svc.mesh.test")] }] });
    assert.deepEqual(analyze([reviews, local], { mesh: { domain: "mesh.test" } }), []);
    assert.deepEqual(
      analyze([reviews, local]).map(({ code }) => code),
      ["IST0101"],
    );
  });

  it("says of a written resource what can be told from what it names", () => {
    const written = virtualService("reviews", { http: [{ route: [to("reviews", { subset: "v2" }), to("nobody")] }] });
    const lost = virtualService("other/lost", { http: [{ route: [to("nobody")] }] });
    assert.deepEqual(analyzeWrite(written, [reviews, lost]).map(placeOf), [
      "VirtualService default/reviews spec.http[0].route[1].destination.host",
      "VirtualService default/reviews spec.http[0].route[0].destination.subset",
    ]);
  });
});

function placeOf({ resource, path }: Finding): string {
  return `${resourceTitle(resource)} ${path}`;
}
