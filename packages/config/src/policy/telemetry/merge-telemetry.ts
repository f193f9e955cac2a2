import type { SideTelemetry, TelemetryPolicy } from "@intramesh/core";
import type { Resource } from "../../resource.ts";
import type { TelemetrySpec } from "../../spec/telemetry.ts";
import type { MeshClient } from "../mesh-client.ts";
import type { MeshSettings } from "../mesh-settings.ts";
import { compareByAge, nameOf, namespaceOf } from "../resource-order.ts";
import { hasLabels } from "../workloads.ts";
import { mergeAccessLogging } from "./merge-access-logging.ts";
import { mergeMetrics } from "./merge-metrics.ts";
import { mergeTracing } from "./merge-tracing.ts";
import type { TelemetrySide } from "./telemetry-side.ts";

type Written = Resource<TelemetrySpec>;

/** Resources by what they hold for, the widest first; the oldest of each, as Istio takes it (pilot's model/telemetry.go). */
export function mergeTelemetry(
  resources: readonly Written[],
  client: MeshClient,
  { rootNamespace, accessLog }: Pick<MeshSettings, "rootNamespace" | "accessLog">,
): TelemetryPolicy {
  const ordered = [...resources].sort(compareByAge);
  const own = ordered.filter((resource) => namespaceOf(resource) === client.namespace);
  const scopes = [
    client.namespace === rootNamespace
      ? undefined
      : ordered.find((resource) => namespaceOf(resource) === rootNamespace && isForAll(resource)),
    own.find(isForAll),
    own.find(({ spec }) => selects(spec, client)),
  ].filter((resource) => resource !== undefined);
  const side = (name: TelemetrySide): SideTelemetry => ({
    tracing: mergeTracing(
      scopes.flatMap(({ spec }) => spec.tracing ?? []),
      name,
    ),
    accessLog: mergeAccessLogging(
      scopes.map(({ spec }) => spec.accessLogging ?? []),
      name,
    ),
    metrics: mergeMetrics(
      scopes.flatMap(({ spec }) => spec.metrics ?? []),
      name,
    ),
  });
  return { names: scopes.map(nameOf), client: side("CLIENT"), server: side("SERVER"), meshLog: accessLog };
}

/** What is attached to a gateway or a waypoint by `targetRefs` is for none of the processes here. */
function isForAll({ spec }: Written): boolean {
  return Object.keys(selectorOf(spec)).length === 0 && !isAttached(spec);
}

function selects(spec: TelemetrySpec, { labels }: MeshClient): boolean {
  const selector = selectorOf(spec);
  return Object.keys(selector).length > 0 && hasLabels(labels, selector);
}

function selectorOf({ selector }: TelemetrySpec): Readonly<Record<string, string>> {
  return selector?.matchLabels ?? {};
}

function isAttached({ targetRef, targetRefs = [] }: TelemetrySpec): boolean {
  return targetRef !== undefined || targetRefs.length > 0;
}
