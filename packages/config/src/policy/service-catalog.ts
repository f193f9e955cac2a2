import type { ResourceIndex } from "./resource-index.ts";
import { type ServiceCatalog, ServiceDirectory } from "./service-directory.ts";
import { createWorkloadIndex } from "./workloads.ts";

export type { ServiceCatalog };

/** The services of resources that stay as they are, for a client of `namespace` whom no Sidecar limits. */
export function createServiceCatalog(index: ResourceIndex, namespace: string, domain: string): ServiceCatalog {
  const arrived = <Value>(values: readonly Value[]): readonly { readonly before: undefined; readonly after: Value }[] =>
    values.map((after) => ({ before: undefined, after }));
  const directory = new ServiceDirectory({ namespace, domain }, () => true);
  directory.update(
    {
      Service: arrived(index.services),
      ServiceEntry: arrived(index.serviceEntries),
      WorkloadEntry: arrived(index.workloadEntries),
    },
    createWorkloadIndex(index.workloadEntries),
  );
  return directory.catalog;
}
