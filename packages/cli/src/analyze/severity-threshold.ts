import type { Severity } from "@intramesh/config";

/** From the mildest on. */
export const severities: readonly Severity[] = ["info", "warning", "error"];

/** Whether a finding is as bad as a threshold, or worse. */
export function reaches(threshold: Severity, { severity }: { readonly severity: Severity }): boolean {
  return severities.indexOf(severity) >= severities.indexOf(threshold);
}

/** The worst first, then by code; the rest stays in its order. */
export function compareFindings(
  one: { readonly severity: Severity; readonly code: string },
  other: { readonly severity: Severity; readonly code: string },
): number {
  const rank = severities.indexOf(other.severity) - severities.indexOf(one.severity);
  return rank || (one.code < other.code ? -1 : one.code > other.code ? 1 : 0);
}
