import type { TelemetryMatch } from "../../spec/telemetry.ts";

/** The side of a request that a workload stands on. */
export type TelemetrySide = "CLIENT" | "SERVER";

/** Whether a `match` without a metric is for this side. */
export function isForSide(match: TelemetryMatch | undefined, side: TelemetrySide): boolean {
  const mode = match?.mode ?? "CLIENT_AND_SERVER";
  return mode === "CLIENT_AND_SERVER" || mode === side;
}
