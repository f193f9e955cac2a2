import type { AdminPages } from "./admin.ts";
import type { Cluster } from "./cluster.ts";
import type { Explanations } from "./explanations.ts";
import type { Recorder } from "./recorder.ts";
import type { SnapshotHolder } from "./snapshot-holder.ts";
import type { Workload } from "./workload.ts";

export interface AdminParts {
  readonly self: Workload;
  readonly labels: Readonly<Record<string, string>>;
  readonly explanations: Explanations;
  readonly recorder: Recorder;
  readonly holder: SnapshotHolder;
  clusters(): Cluster[];
  inboundActive(): number;
  metrics(): Promise<string>;
}

/** What the admin port shows. */
export function adminPages(parts: AdminParts): AdminPages {
  const { self, labels } = parts;
  const client = { service: self.service, namespace: self.namespace, instance: self.instance, labels };
  return {
    "/snapshot": () => {
      const { revision, description, stale, resources } = parts.holder.state;
      return {
        ...client,
        revision,
        description,
        stale,
        resources: resources.length,
        inboundActive: parts.inboundActive(),
      };
    },
    "/routes": () =>
      parts.holder.current.policy.virtualHosts.map(({ virtualService, hosts, routes }) => ({
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
      })),
    "/clusters": () => parts.clusters().map((cluster) => cluster.describe()),
    "/decisions": () => parts.explanations.recent(),
    "/recorded": () => ({ client, requests: parts.recorder.recent() }),
    "/metrics": () => parts.metrics(),
  };
}
