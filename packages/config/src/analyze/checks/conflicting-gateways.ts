import { nameOf } from "../../policy/resource-order.ts";
import { hasLabels } from "../../policy/workloads.ts";
import type { Resource } from "../../resource.ts";
import type { GatewaySpec } from "../../spec/gateway.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check } from "../check.ts";
import { groupBy } from "../group-by.ts";
import { listNames } from "../resource-title.ts";
import { labelsText } from "../workload-scope.ts";

interface Served {
  readonly resource: Resource<GatewaySpec>;
  readonly path: string;
  readonly host: string;
}

/** Gateways of the same workloads that serve the same. */
export const conflictingGateways: Check = {
  name: "conflicting-gateways",
  description: "no two Gateways of the same workloads serve one host on one port",
  codes: ["IST0145"],
  onWrite: false,
  run(context, report) {
    const served = context.ofKind("Gateway").flatMap((resource) =>
      (resource.spec.servers ?? []).flatMap(({ port, bind = "", hosts = [] }, at) =>
        port?.number === undefined
          ? []
          : hosts.map((host) => ({
              key: `${port.number} ${bind} ${host}`,
              entry: { resource, path: `spec.servers[${at}]`, host } satisfies Served,
              port: port.number,
            })),
      ),
    );
    const reported = new Set<string>();
    for (const group of groupBy(served, ({ key }) => key).values()) {
      for (const { entry, port } of group) {
        const { resource, path, host } = entry;
        const others = group
          .map((other) => other.entry.resource)
          .filter((other) => nameOf(other) !== nameOf(resource) && shareWorkloads(context, resource, other));
        const key = `${nameOf(resource)} ${path}`;
        if (others.length === 0 || reported.has(key)) continue;
        reported.add(key);
        const message =
          `${listNames(others)} ${others.length === 1 ? "serves" : "serve"} ${host} on port ${port} too, ` +
          `for the same workloads (${labelsText(resource.spec.selector) || "all"})`;
        report("IST0145", resource, path, message);
      }
    }
  },
};

/** Equal selectors, or a known workload that both select. */
function shareWorkloads(
  context: AnalysisContext,
  { spec: one }: Resource<GatewaySpec>,
  { spec: other }: Resource<GatewaySpec>,
): boolean {
  if (labelsText(one.selector) === labelsText(other.selector)) return true;
  const both = { ...one.selector, ...other.selector };
  // Selectors that contradict each other have no workload in common.
  if (!hasLabels(both, one.selector ?? {})) return false;
  return context.workloadsWith(both).length > 0;
}
