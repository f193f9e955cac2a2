import type { MeshPolicy } from "@intramesh/core";

/** Where the instances of this process's own service are: Envoy's local cluster, which zone aware routing asks for. */
export interface Callers {
  /** FQDN of the own service. */
  readonly host: string;
  /** Instances by `region/zone/subzone`; empty before they are counted, and where the service is not known. */
  readonly byLocality: ReadonlyMap<string, number>;
  /** Counts what a policy knows; true where it is another number somewhere than before. */
  count(policy: MeshPolicy): boolean;
}

/** Counts nothing before it is asked to. */
export function createCallers(host: string): Callers {
  let byLocality: ReadonlyMap<string, number> = new Map();
  return {
    host,
    get byLocality() {
      return byLocality;
    },
    count(policy) {
      const before = byLocality;
      byLocality = countInstances(policy, host);
      return (
        byLocality.size !== before.size || [...byLocality].some(([locality, count]) => before.get(locality) !== count)
      );
    },
  };
}

function countInstances(policy: MeshPolicy, host: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const port = policy.services.get(host)?.ports[0]?.number;
  const cluster = port === undefined ? undefined : policy.cluster({ host, port, subset: undefined });
  for (const { locality } of cluster === undefined ? [] : policy.endpoints(cluster)) {
    counts.set(locality, (counts.get(locality) ?? 0) + 1);
  }
  return counts;
}
