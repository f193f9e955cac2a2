import { coversHost, serviceHost } from "../policy/host-name.ts";
import { translateInstances } from "../policy/implicit-services.ts";
import { translateService } from "../policy/kubernetes-services.ts";
import { lazy } from "../policy/lazy.ts";
import type { ResourceIndex } from "../policy/resource-index.ts";
import { compareByAge, namespaceOf } from "../policy/resource-order.ts";
import { translateServiceEntry } from "../policy/service-entries.ts";
import type { ServiceRecord } from "../policy/service-record.ts";
import { findVisibility } from "../policy/visibility.ts";
import { serviceOfInstance } from "../policy/workloads.ts";
import type { Resource } from "../resource.ts";
import type { ServiceEntrySpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import { groupBy } from "./group-by.ts";

/**
 * The services of all namespaces, as an analysis sees them: through the eyes of many namespaces, a few hosts of each.
 * A client's own catalog has every service of one.
 */
export interface KnownServices {
  /** Whether nothing declares any service. */
  readonly isEmpty: boolean;
  /** The service of a full host, or the wildcard that covers it, as resources of `namespace` see it. */
  find(host: string, namespace: string): ServiceRecord | undefined;
  /** Whether a wildcard covers any host. */
  coversAny(pattern: string): boolean;
  /** Whether services of a namespace of the mesh itself are declared. */
  isDeclaring(namespace: string): boolean;
  /** The full host of a service of this bare name, in whichever namespace. */
  findNamesake(name: string): string | undefined;
}

/** What declares a host. */
interface Declaring {
  readonly services: Resource<ServiceSpec>[];
  readonly entries: Resource<ServiceEntrySpec>[];
  readonly instances: Resource<WorkloadEntrySpec>[];
}

/** Indexes the services of checked resources. */
export function createKnownServices(index: ResourceIndex, domain: string): KnownServices {
  const byHost = new Map<string, Declaring>();
  const at = (host: string): Declaring => {
    let declaring = byHost.get(host);
    if (declaring === undefined) {
      declaring = { services: [], entries: [], instances: [] };
      byHost.set(host, declaring);
    }
    return declaring;
  };
  const localHost = (name: string, resource: Resource): string =>
    serviceHost(name.toLowerCase(), namespaceOf(resource), domain);
  for (const service of index.services) at(localHost(service.metadata.name, service)).services.push(service);
  for (const entry of index.serviceEntries)
    for (const host of new Set(entry.spec.hosts ?? [])) at(host.toLowerCase()).entries.push(entry);
  for (const [host, instances] of groupBy(index.workloadEntries, (entry) => {
    const name = serviceOfInstance(entry);
    return name === undefined ? undefined : localHost(name, entry);
  })) {
    if (host !== undefined) at(host).instances.push(...instances);
  }
  const isLocal = ({ services, instances }: Declaring): boolean => services.length + instances.length > 0;
  const local = lazy(() => [...byHost].filter(([, declaring]) => isLocal(declaring)).map(([host]) => host.split(".")));
  const namespaces = lazy(() => new Set(local().map(([, namespace]) => namespace)));
  const namesakes = lazy(() => new Map(local().map((labels) => [labels[0], labels.join(".")])));
  const findExact = (host: string, namespace: string): ServiceRecord | undefined => {
    const declaring = byHost.get(host);
    return declaring === undefined ? undefined : recordOf(declaring, host, { namespace, domain });
  };
  return {
    isEmpty: byHost.size === 0,
    find(host, namespace) {
      const exact = findExact(host, namespace);
      if (exact !== undefined) return exact;
      for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
        const covering = dot === 0 ? undefined : findExact(`*${host.slice(dot)}`, namespace);
        if (covering !== undefined) return covering;
      }
      return undefined;
    },
    coversAny: (pattern) => [...byHost.keys()].some((host) => coversHost(pattern, host)),
    isDeclaring: (namespace) => namespaces().has(namespace),
    findNamesake: (name) => namesakes().get(name),
  };
}

/** A Service comes first, then ServiceEntries of the own namespace, then other ones by age, then instances alone. */
function recordOf(
  { services, entries, instances }: Declaring,
  host: string,
  viewer: { readonly namespace: string; readonly domain: string },
): ServiceRecord | undefined {
  for (const service of services) {
    const record = translateService(service, viewer.namespace, viewer.domain);
    if (record !== undefined) return record;
  }
  const rank = (entry: Resource): number => (namespaceOf(entry) === viewer.namespace ? 0 : 1);
  const [entry] = entries
    .filter((one) => findVisibility(one.spec.exportTo, namespaceOf(one), viewer.namespace) !== undefined)
    .sort((one, other) => rank(one) - rank(other) || compareByAge(one, other));
  if (entry !== undefined) return translateServiceEntry(entry, viewer).find(({ policy }) => policy.host === host);
  const [first] = instances;
  const name = first === undefined ? undefined : serviceOfInstance(first);
  if (first === undefined || name === undefined) return undefined;
  return translateInstances(instances, { name: name.toLowerCase(), namespace: namespaceOf(first) }, viewer, undefined);
}
