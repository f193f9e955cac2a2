import { type Clock, MeshError } from "@intramesh/core";
import type { ResourceSource } from "@intramesh/discovery";
import {
  addMeshMetrics,
  type ClusterMetrics,
  createMetricsPage,
  type IstioMetrics,
  type MetricsPage,
} from "@intramesh/telemetry";
import { createEventLoopMeter } from "./event-loop-meter.ts";
import type { Emitter } from "./mesh-events.ts";
import type { ResolvedOptions } from "./options.ts";
import { ownVersion } from "./own-version.ts";
import type { SnapshotHolder } from "./snapshot-holder.ts";

/** What the mesh's metrics of itself are read from. */
export interface OwnMetricsParts {
  readonly clock: Clock;
  readonly holder: SnapshotHolder;
  readonly feed: ResourceSource;
  readonly events: Emitter;
  readonly metrics: IstioMetrics;
  readonly clusterMetrics: ClusterMetrics;
  inboundActive(): number;
}

/**
 * The page that a mesh's metrics go to. Throws a MeshError with code MESH_BAD_OPTION where a registry that is given has
 * metrics of another mesh already.
 */
export function openMetricsPage({ metricsRegistry, processMetrics }: ResolvedOptions): MetricsPage {
  const page = createMetricsPage({ registry: metricsRegistry, processMetrics });
  return {
    ...page,
    add(metric) {
      try {
        page.add(metric);
      } catch (cause) {
        throw new MeshError(
          "MESH_BAD_OPTION",
          `option metricsRegistry has a metric ${metric.name} already; it must be a registry of one mesh: give each mesh its own, or close the other mesh first`,
          { cause },
        );
      }
    },
  };
}

/** The metrics page as text. */
export async function readText(page: MetricsPage): Promise<string> {
  return (await page.read()).text;
}

/** Puts what the mesh knows of itself on the page, and counts configurations from here on. */
export function addOwnMetrics(page: MetricsPage, parts: OwnMetricsParts): void {
  const { clock, holder, feed, events, metrics, clusterMetrics } = parts;
  let applied = 0;
  let appliedAtSeconds: number | undefined;
  let rejected = 0;
  /** What the state in force leaves out; it says so again with each step. */
  let leftOut: readonly string[] = [];
  events.on("configApplied", () => {
    applied += 1;
    appliedAtSeconds = clock.wallMs() / 1_000;
    const { refused = [] } = holder.state;
    rejected += refused.filter((each) => !leftOut.includes(each)).length;
    leftOut = refused;
  });
  events.on("configRejected", ({ error }) => {
    const isSilence = error instanceof MeshError && error.code === "MESH_REGISTRY_UNREACHABLE";
    if (!isSilence) rejected += 1;
  });

  addMeshMetrics(page, {
    version: ownVersion(),
    revision: () => (/^\d+$/.test(holder.state.revision) ? Number(holder.state.revision) : undefined),
    applied: () => applied,
    rejected: () => rejected,
    refusals: () => holder.rejected.length,
    resources: () => holder.state.resources.length,
    appliedAtSeconds: () => appliedAtSeconds,
    stale: () => holder.state.stale,
    silentSeconds() {
      const silentMs = feed.silentMs?.();
      return silentMs === undefined ? undefined : silentMs / 1_000;
    },
    inboundActive: parts.inboundActive,
    eventLoopUtilization: createEventLoopMeter(clock),
    folded: () => ({ istio: metrics.folded, cluster: clusterMetrics.folded }),
  });
}
