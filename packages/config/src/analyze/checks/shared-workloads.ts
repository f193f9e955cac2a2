import { compareByAge, nameOf, namespaceOf } from "../../policy/resource-order.ts";
import type { Resource } from "../../resource.ts";
import type { ServicePortSpec, ServiceSpec, WorkloadEntrySpec } from "../../spec/service.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check, Report } from "../check.ts";
import { groupBy } from "../group-by.ts";
import { listNames } from "../resource-title.ts";

type Service = Resource<ServiceSpec>;

/** Workloads behind several services that contradict each other. Of many workloads behind the same ones, the oldest. */
export const sharedWorkloads: Check = {
  name: "shared-workloads",
  description: "services that share a workload agree on their ports",
  codes: ["IST0116", "IST0137"],
  onWrite: false,
  run(context, report) {
    const seen = new Set<string>();
    const workloads = [...servicesByWorkload(context)].sort(([one], [other]) => compareByAge(one, other));
    for (const [workload, services] of workloads) {
      const key = services.map(nameOf).sort().join();
      if (services.length < 2 || seen.has(key)) continue;
      seen.add(key);
      const ports = services.flatMap((service) => (service.spec.ports ?? []).map((port) => ({ service, port })));
      checkProtocols(workload, ports, report);
      checkTargets(workload, ports, report);
    }
  },
};

interface PortOf {
  readonly service: Service;
  readonly port: ServicePortSpec;
}

function servicesByWorkload(context: AnalysisContext): ReadonlyMap<Resource<WorkloadEntrySpec>, readonly Service[]> {
  const found = new Map<Resource<WorkloadEntrySpec>, Service[]>();
  for (const service of context.ofKind("Service")) {
    for (const workload of context.workloads.select(namespaceOf(service), service.spec.selector ?? {})) {
      found.set(workload, [...(found.get(workload) ?? []), service]);
    }
  }
  return found;
}

function checkProtocols(workload: Resource, ports: readonly PortOf[], report: Report): void {
  for (const [number, group] of groupBy(ports, ({ port }) => port.port)) {
    const protocols = new Set(group.map(({ port }) => port.protocol ?? "TCP"));
    if (protocols.size < 2) continue;
    const names = listNames(group.map(({ service }) => service));
    report(
      "IST0116",
      workload,
      "",
      `the services ${names} in front of it use port ${number} with ${[...protocols].join(" and ")}`,
    );
  }
}

function checkTargets(workload: Resource, ports: readonly PortOf[], report: Report): void {
  for (const [target, group] of groupBy(ports, ({ port }) => port.targetPort ?? port.port)) {
    const numbers = new Set(group.map(({ port }) => port.port));
    if (numbers.size < 2) continue;
    const names = listNames(group.map(({ service }) => service));
    report(
      "IST0137",
      workload,
      "",
      `the services ${names} reach its port ${target} by different ports, ${[...numbers].join(" and ")}`,
    );
  }
}
