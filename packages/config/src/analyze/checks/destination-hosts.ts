import { namespaceOf } from "../../policy/resource-order.ts";
import type { Check } from "../check.ts";
import { destinationsOf } from "../destinations.ts";

/** Hosts and ports of destinations, mirrors among them. */
export const destinationHosts: Check = {
  name: "destination-hosts",
  description: "destinations of VirtualServices are hosts of the mesh and ports that they have",
  codes: ["IST0101", "IST0112"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      const namespace = namespaceOf(resource);
      for (const { path, destination, isMirror } of destinationsOf(resource.spec)) {
        const host = context.resolve(destination.host ?? "", namespace);
        const service = context.service(host, namespace);
        if (service === undefined) {
          if (!context.isUnknownHost(host, namespace)) continue;
          const effect = isMirror ? "nothing is copied to it" : "requests to it are answered 503 NC";
          const meant = context.suggestHost(host, namespace);
          const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
          report("IST0101", resource, `${path}.host`, `host ${host} is not known to the mesh: ${effect}${hint}`);
          continue;
        }
        const { ports } = service.policy;
        // Where no port is known, none is known to be wrong.
        if (ports.length === 0) continue;
        const number = destination.port?.number;
        const known = ports.map((port) => port.number).join(", ");
        if (number === undefined) {
          if (ports.length > 1) report("IST0112", resource, path, `${host} has the ports ${known}: say which is meant`);
        } else if (!ports.some((port) => port.number === number)) {
          report("IST0101", resource, `${path}.port.number`, `host ${host} has no port ${number}: it has ${known}`);
        }
      }
    }
  },
};
