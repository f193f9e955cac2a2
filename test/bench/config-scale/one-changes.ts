import type { ResourceChanges } from "@intramesh/config";
import { destinationRule, nameOf, service, virtualService, workload } from "./resources-of-size.ts";

/** One kind of change, again and again. */
export interface NamedChange {
  readonly name: string;
  /** The service that it concerns. */
  readonly host: string;
  readonly steps: readonly ResourceChanges[];
}

/** As many as a VirtualService has as a rule: one that is special, one for the rest. */
export const rulesEach = 2;

const rounds = 40;
const busyInstances = 1_000;

/** The changes that a mesh sees every day. A state has to have the services of `resourcesOfSize`. */
export function oneChanges(size: number): readonly NamedChange[] {
  const name = nameOf(size >> 1);
  const host = `${name}.default.svc.cluster.local`;
  const busy = nameOf(size);
  const busyHost = `${busy}.default.svc.cluster.local`;
  const put = (...resources: ResourceChanges["put"]): ResourceChanges => ({ put: resources, deleted: [] });
  const crowd = Array.from({ length: busyInstances }, (_, at) => workload(busy, at));
  return [
    {
      name: "a VirtualService",
      host,
      steps: repeat((at) => put(virtualService(name, rulesEach, `${1 + at}s`))),
    },
    {
      name: "a DestinationRule",
      host,
      steps: repeat((at) => put(destinationRule(name, at % 2 === 0 ? "ROUND_ROBIN" : "RANDOM"))),
    },
    {
      name: "a new Service",
      host: "new-1.default.svc.cluster.local",
      steps: repeat((at) => put(service(`new-${at}`))),
    },
    {
      name: "an endpoint that joins or leaves 1,000",
      host: busyHost,
      steps: [
        put(service(busy), ...crowd),
        ...repeat((at) =>
          at % 2 === 0
            ? put(workload(busy, busyInstances))
            : { put: [], deleted: [{ kind: "WorkloadEntry", namespace: "default", name: `${busy}-${busyInstances}` }] },
        ),
      ],
    },
  ];
}

function repeat(step: (at: number) => ResourceChanges): readonly ResourceChanges[] {
  return Array.from({ length: rounds }, (_, at) => step(at));
}
