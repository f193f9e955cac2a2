import type { ServicePolicy } from "@intramesh/core";
import { HostMap } from "./host-map.ts";
import { findImplicitServices } from "./implicit-services.ts";
import { translateService } from "./kubernetes-services.ts";
import type { ResourceIndex } from "./resource-index.ts";
import { compareByAge, namespaceOf } from "./resource-order.ts";
import { translateServiceEntry } from "./service-entries.ts";
import type { ServiceRecord } from "./service-record.ts";
import { findVisibility } from "./visibility.ts";

/** Every service that one client sees. */
export interface ServiceCatalog {
  readonly policies: ReadonlyMap<string, ServicePolicy>;
  /** The service of this FQDN, or the wildcard that covers it. */
  find(host: string): ServiceRecord | undefined;
}

/**
 * Kubernetes' Services come first, then ServiceEntries of the client's own namespace, then other ones by age, and
 * last the services that nothing but their instances speaks of. The first to name a host has it. `isVisible` takes
 * away what a client of `namespace` could see, but does not want to.
 */
export function createServiceCatalog(
  index: ResourceIndex,
  namespace: string,
  domain: string,
  isVisible: (service: ServicePolicy) => boolean = () => true,
): ServiceCatalog {
  const records = new HostMap<ServiceRecord>();
  const policies = new Map<string, ServicePolicy>();
  const add = (record: ServiceRecord | undefined): void => {
    if (record === undefined || policies.has(record.policy.host) || !isVisible(record.policy)) return;
    policies.set(record.policy.host, record.policy);
    records.set(record.policy.host, record);
  };
  for (const service of index.services) add(translateService(service, namespace, domain));
  const visible = index.serviceEntries.filter(
    (entry) => findVisibility(entry.spec.exportTo, namespaceOf(entry), namespace) !== undefined,
  );
  const rank = (own: boolean): number => (own ? 0 : 1);
  visible.sort(
    (one, other) =>
      rank(namespaceOf(one) === namespace) - rank(namespaceOf(other) === namespace) || compareByAge(one, other),
  );
  for (const entry of visible) for (const record of translateServiceEntry(entry)) add(record);
  const declared = new Set(policies.keys());
  for (const record of findImplicitServices(index.workloadEntries, { namespace, domain }, (host) => declared.has(host)))
    add(record);
  return { policies, find: (host) => records.find(host) };
}
