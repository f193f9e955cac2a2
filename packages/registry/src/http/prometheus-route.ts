import type { FastifyInstance } from "fastify";
import type { InstanceKeeper, InstanceView } from "../instances/instance-keeper.ts";

/** Port names under which an instance's metrics are looked for, best first. */
const metricsPorts = ["metrics", "http-metrics", "http"];

/** One entry of Prometheus' HTTP service discovery. */
interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * `/mesh/v1/prometheus`: every instance's metrics address (https://prometheus.io/docs/prometheus/latest/http_sd/), one
 * that is kept out of service too. `id` is the instance's own, which outlives a change of address.
 */
export function addPrometheusRoute(app: FastifyInstance, instances: InstanceKeeper): void {
  app.get("/mesh/v1/prometheus", () => instances.list(() => true).flatMap(targetGroup));
}

function targetGroup(view: InstanceView): TargetGroup[] {
  const port = metricsPort(view.ports);
  if (port === undefined) return [];
  const host = view.address.includes(":") ? `[${view.address}]` : view.address;
  const { service, namespace, instance, locality = "" } = view;
  const labels = { service, namespace, version: view.labels?.["version"] ?? "", id: instance, locality };
  return [{ targets: [`${host}:${port}`], labels }];
}

/** Else the first port of which the name says HTTP, as Istio reads port names. */
function metricsPort(ports: Readonly<Record<string, number>>): number | undefined {
  const named = metricsPorts.find((name) => ports[name] !== undefined);
  if (named !== undefined) return ports[named];
  return Object.entries(ports).find(([name]) => name.startsWith("http-"))?.[1];
}
