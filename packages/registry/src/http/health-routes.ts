import { kinds } from "@intramesh/config";
import type { FastifyInstance } from "fastify";
import type { InstanceKeeper } from "../instances/instance-keeper.ts";
import type { RegistryState } from "../state/registry-state.ts";
import type { WatchHub } from "../watch/watch-hub.ts";
import type { RequestCounter } from "./app.ts";
import { unavailable } from "./status.ts";

/** What the health and metrics of a registry are made of. */
export interface HealthParts {
  readonly state: RegistryState;
  readonly instances: InstanceKeeper;
  readonly hub: WatchHub;
  readonly requests: RequestCounter;
}

/** `/healthz`, `/livez`: the process answers. `/readyz`: it takes writes, too. `/metrics`: for Prometheus. */
export function addHealthRoutes(app: FastifyInstance, parts: HealthParts): void {
  for (const path of ["/healthz", "/livez"]) app.get(path, (_request, reply) => reply.type("text/plain").send("ok"));
  app.get("/readyz", (_request, reply) => {
    const { failure } = parts.state;
    if (failure !== undefined) throw unavailable(failure.message, 5);
    return reply.type("text/plain").send("ok");
  });
  app.get("/metrics", (_request, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(metricsText(parts)),
  );
}

interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** Labels, as they stand between the braces, and value. */
  readonly samples: Iterable<readonly [string, number]>;
}

function metricsText({ state, instances, hub, requests }: HealthParts): string {
  const metrics: readonly Metric[] = [
    gauge("revision", "Revision of the last change.", [["", state.revision]]),
    gauge(
      "resources",
      "Resources by kind.",
      kinds.map((info) => [`kind="${info.kind}"`, state.countOf(info)]),
    ),
    gauge("instances", "Instances that hold a lease.", [["", instances.count]]),
    gauge("instances_preserved", "Instances whose lease has run out and that are kept, because too many did at once.", [
      ["", instances.preserved],
    ]),
    gauge("watchers", "Open watches.", [["", hub.count]]),
    gauge("watch_openings", "Open watches whose first state is under way.", [["", hub.openings]]),
    {
      name: "intramesh_registry_requests_total",
      type: "counter",
      help: "Requests answered, by status code.",
      samples: [...requests].map(([code, count]) => [`code="${code}"`, count]),
    },
  ];
  return metrics.map(metricText).join("");
}

function gauge(name: string, help: string, samples: Metric["samples"]): Metric {
  return { name: `intramesh_registry_${name}`, type: "gauge", help, samples };
}

/** Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
function metricText({ name, type, help, samples }: Metric): string {
  const lines = [...samples].map(([labels, value]) => `${name}${labels === "" ? "" : `{${labels}}`} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
