import { defaultMeshSettings, type MeshSettings } from "../policy/mesh-settings.ts";
import type { Resource } from "../resource.ts";
import { type AnalysisContext, createAnalysisContext } from "./analysis-context.ts";
import type { Check, Report } from "./check.ts";
import { analysisChecks } from "./checks.ts";
import { findAnalysisCode } from "./codes.ts";
import type { Finding } from "./finding.ts";
import { isSuppressed } from "./suppression.ts";

/** What an analysis is to know beside the resources. */
export interface AnalysisSettings {
  /** The MeshConfig; Istio's defaults where it says nothing. */
  readonly mesh?: Partial<MeshSettings>;
  /**
   * True where the resources are all that there is, as in a registry: what is named and not among them does not
   * exist. Else a few files may be a part of something: a host is unknown only where some service is declared.
   */
  readonly isComplete?: boolean;
}

/**
 * Finds what is wrong with checked resources beside each other. What is wrong with each alone is what `parseResource`
 * says. Findings stand in the order of the resources; those that a resource's annotation suppresses are left out.
 * Resources of one kind and name are states of one thing: they do not conflict, and what one of them has exists.
 */
export function analyze(resources: readonly Resource[], settings: AnalysisSettings = {}): readonly Finding[] {
  const findings = runChecks(analysisChecks, resources, settings);
  const order = new Map(resources.map((resource, at) => [resource, at]));
  const placeOf = ({ resource }: Finding): number => order.get(resource) ?? 0;
  return findings.sort((one, other) => placeOf(one) - placeOf(other));
}

/**
 * The findings about one resource that can be told from it and from what it names, for a writer to see.
 * `related` is what it names as far as it exists, and who else has its hosts. Its cost is that of these, not of the mesh.
 */
export function analyzeWrite(
  resource: Resource,
  related: readonly Resource[],
  settings: Pick<AnalysisSettings, "mesh"> = {},
): readonly Finding[] {
  const checks = analysisChecks.filter(({ onWrite }) => onWrite);
  const findings = runChecks(checks, [resource, ...related], { ...settings, isComplete: true });
  return findings.filter((finding) => finding.resource === resource && !isAboutWildcard(finding));
}

/** Whether a wildcard covers anything is not told by a few resources. */
function isAboutWildcard({ path, resource }: Finding): boolean {
  const { host } = resource.spec as { readonly host?: unknown };
  return path === "spec.host" && typeof host === "string" && host.startsWith("*");
}

function runChecks(checks: readonly Check[], resources: readonly Resource[], settings: AnalysisSettings): Finding[] {
  const mesh = { ...defaultMeshSettings, ...settings.mesh };
  const context = createAnalysisContext(resources, mesh, settings.isComplete ?? false);
  const findings: Finding[] = [];
  const report: Report = (code, resource, path, message) => {
    if (isSuppressed(resource.metadata, code)) return;
    findings.push({ code, severity: findAnalysisCode(code)?.severity ?? "error", path, message, resource });
  };
  for (const check of checks) runCheck(check, context, report);
  return findings;
}

/** A check that throws is a defect of its own: the others go on, and its user hears of it. */
function runCheck(check: Check, context: AnalysisContext, report: Report): void {
  try {
    check.run(context, report);
  } catch (error) {
    const [first] = context.resources;
    if (first !== undefined) report("IST0001", first, "", `the check ${check.name} failed: ${String(error)}`);
  }
}
