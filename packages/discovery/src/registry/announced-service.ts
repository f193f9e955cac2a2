import { apiVersionOf, findKind, instanceMarks, type KindInfo, type Resource } from "@intramesh/config";

const workloadEntry: KindInfo = findKind("WorkloadEntry")!;

/** A network that nothing is in: an entry there may be without an address, and is nobody's endpoint. */
const nowhere = "not-subscribed";

/**
 * What stands for the instances of a service while nobody has asked for them: it makes the service known with its
 * ports, and has no address. `at` tells the stand-ins of a service apart.
 */
export function announcedService(
  namespace: string,
  service: string,
  ports: Readonly<Record<string, number>>,
  at: number,
): Resource {
  return {
    apiVersion: apiVersionOf(workloadEntry),
    kind: workloadEntry.kind,
    metadata: {
      name: announcedName(service, at),
      namespace,
      annotations: { [instanceMarks.service]: service, [instanceMarks.servicePorts]: JSON.stringify(ports) },
    },
    spec: { network: nowhere },
  };
}

/** Its name. Names of instances have one dot at most. */
export function announcedName(service: string, at: number): string {
  return `${at}.announced.${service}`;
}
