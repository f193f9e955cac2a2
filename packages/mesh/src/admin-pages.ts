import type { AccessLogs } from "./access-logs.ts";
import type { AdminPage, AdminPages } from "./admin.ts";
import type { Cluster } from "./cluster.ts";
import type { Explanations } from "./explanations.ts";
import { isLogLevel, type LeveledLogger, logLevels } from "./leveled-logger.ts";
import type { Recorder } from "./recorder.ts";
import type { RequestTimelines } from "./request-timelines.ts";
import type { SnapshotHolder } from "./snapshot-holder.ts";
import type { Workload } from "./workload.ts";

export interface AdminParts {
  readonly self: Workload;
  readonly labels: Readonly<Record<string, string>>;
  readonly explanations: Explanations;
  readonly recorder: Recorder;
  readonly holder: SnapshotHolder;
  readonly accessLogs: AccessLogs;
  readonly timelines: RequestTimelines | undefined;
  readonly logger: LeveledLogger;
  clusters(): Cluster[];
  inboundActive(): number;
  metrics(): Promise<string>;
}

/** What the admin port shows. */
export function adminPages(parts: AdminParts): AdminPages {
  const { self, labels, logger, timelines } = parts;
  const client = { service: self.service, namespace: self.namespace, instance: self.instance, labels };
  return {
    "/snapshot": page("who the process is, what it runs, what was refused", () => snapshotPage(parts, client)),
    "/routes": page("rules for outbound requests; ?name= those of a host", (query) =>
      routesPage(parts.holder, nameIn(query)),
    ),
    "/clusters": page(
      "policies, endpoints with health and load, ejections, what is in use, counters; ?name= those of a host",
      (query) =>
        parts
          .clusters()
          .filter(({ key }) => key.includes(nameIn(query)))
          .map((cluster) => cluster.describe()),
    ),
    "/decisions": page("decisions that x-intramesh-explain asked for, the latest last", () =>
      parts.explanations.recent(),
    ),
    "/recorded": page("heads of recent outbound requests", () => ({ client, requests: parts.recorder.recent() })),
    "/inflight": page("requests that run now, the oldest first", () => ({
      inbound: parts.inboundActive(),
      outbound: timelines?.running() ?? [],
    })),
    "/slow": page("timelines of slow requests", () => timelines?.slow()),
    "/metrics": page("metrics, for Prometheus", () => parts.metrics()),
    "/log": {
      about: "how much is logged; POST /log?level=debug changes it",
      usage: `level=${logLevels.join(", ")}`,
      read: () => ({ level: logger.level, levels: logLevels }),
      change(query) {
        const level = query.get("level");
        if (!isLogLevel(level)) return undefined;
        logger.level = level;
        return { level, levels: logLevels };
      },
    },
  };
}

/** Part of the names that are asked for; every name has an empty one. */
function nameIn(query: URLSearchParams): string {
  return query.get("name") ?? "";
}

function page(about: string, read: AdminPage["read"]): AdminPage {
  return { about, read };
}

function snapshotPage({ holder, accessLogs, logger, inboundActive }: AdminParts, client: object): object {
  const { revision, description, stale, resources } = holder.state;
  const { names, client: outbound, server: inbound } = holder.current.policy.telemetry;
  return {
    ...client,
    revision,
    description,
    stale,
    resources: resources.length,
    rejected: holder.rejected,
    inboundActive: inboundActive(),
    telemetry: {
      resources: names,
      tracing: { client: outbound.tracing, server: inbound.tracing },
      accessLog: accessLogs.describe(),
    },
    logLevel: logger.level,
  };
}

function routesPage({ current }: SnapshotHolder, name: string): object {
  const named = current.policy.virtualHosts.filter(({ hosts }) => hosts.some((host) => host.includes(name)));
  return named.map(({ virtualService, hosts, routes }) => ({
    virtualService,
    hosts,
    routes: routes.map(({ index, name, matches, action, timeoutMs, retry, fault }) => ({
      index,
      name,
      matches,
      action,
      timeoutMs,
      retry,
      fault,
    })),
  }));
}
