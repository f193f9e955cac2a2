import { namespaceOf } from "../../policy/resource-order.ts";
import { hasLabels } from "../../policy/workloads.ts";
import type { Check } from "../check.ts";
import { labelsText } from "../workload-scope.ts";

/** Ports of Gateways that callers cannot come to. */
export const gatewayPorts: Check = {
  name: "gateway-ports",
  description: "ports of Gateways are ports of a Service of their workloads",
  codes: ["IST0162"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.ofKind("Gateway")) {
      const { selector = {}, servers = [] } = resource.spec;
      const workloads = context.workloadsWith(selector);
      if (workloads.length === 0) continue;
      const services = context.ofKind("Service").filter((service) => {
        const asked = Object.keys(service.spec.selector ?? {}).length > 0;
        return (
          asked &&
          workloads.some(
            (workload) =>
              namespaceOf(workload) === namespaceOf(service) &&
              hasLabels(workload.spec.labels, service.spec.selector ?? {}),
          )
        );
      });
      // Without workloads or Services there is nothing that a port could be missing from.
      if (services.length === 0) continue;
      const ports = services.flatMap(({ spec }) =>
        (spec.ports ?? []).flatMap(({ port, targetPort }) => [port, targetPort]),
      );
      for (const [at, { port }] of servers.entries()) {
        if (port?.number === undefined || ports.includes(port.number)) continue;
        const message = `no Service of the workloads with ${labelsText(selector) || "any label"} has port ${port.number}`;
        report("IST0162", resource, `spec.servers[${at}].port.number`, message);
      }
    }
  },
};
