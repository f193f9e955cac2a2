import { type Replacement, type ServicePolicy, VersionedHostMap, VersionedMap } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { ServiceEntrySpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import { serviceHost } from "./host-name.ts";
import { translateInstances } from "./implicit-services.ts";
import { translateService } from "./kubernetes-services.ts";
import { compareByAge, namespaceOf } from "./resource-order.ts";
import type { Replaced } from "./resource-store.ts";
import { translateServiceEntry } from "./service-entries.ts";
import type { ServiceRecord } from "./service-record.ts";
import { findVisibility } from "./visibility.ts";
import { serviceOfInstance, type WorkloadIndex } from "./workloads.ts";

type Entry = Resource<ServiceEntrySpec>;

/** A service for which instances registered themselves. */
interface RegisteredService {
  readonly name: string;
  readonly namespace: string;
  record: ServiceRecord | undefined;
}

/** Every service that one client sees. */
export interface ServiceCatalog {
  readonly policies: ReadonlyMap<string, ServicePolicy>;
  /** The service of this FQDN, or the wildcard that covers it. */
  find(host: string): ServiceRecord | undefined;
}

/** Who is asked for: a client's namespace and the DNS suffix of services. */
export interface Viewer {
  readonly namespace: string;
  readonly domain: string;
}

/**
 * Knows who names which host, and so what one change changes. Kubernetes' Services come first, then ServiceEntries of
 * the client's own namespace, then other ones by age, and last the services that nothing but their instances speaks
 * of. The first to name a host has it. `isVisible` takes away what the client could see, but does not want to.
 */
export class ServiceDirectory {
  readonly #viewer: Viewer;
  readonly #isVisible: (service: ServicePolicy) => boolean;
  readonly #services: Map<string, Resource<ServiceSpec>> = new Map();
  readonly #entries: Map<string, readonly Entry[]> = new Map();
  readonly #registered: Map<string, RegisteredService> = new Map();
  #records: VersionedHostMap<ServiceRecord> = new VersionedHostMap();
  #policies: VersionedMap<string, ServicePolicy> = new VersionedMap();

  constructor(viewer: Viewer, isVisible: (service: ServicePolicy) => boolean) {
    this.#viewer = viewer;
    this.#isVisible = isVisible;
  }

  /** What is known now; later updates do not change it. */
  get catalog(): ServiceCatalog {
    const records = this.#records;
    return { policies: this.#policies, find: (host) => records.find(host) };
  }

  /** Takes changes over; `workloads` has them already. The services that are others now. */
  update(
    replaced: Pick<Replaced, "Service" | "ServiceEntry" | "WorkloadEntry">,
    workloads: WorkloadIndex,
  ): readonly Replacement<ServicePolicy>[] {
    const hosts = new Set<string>();
    for (const replacement of replaced.Service) hosts.add(this.#takeService(replacement));
    for (const { before, after } of replaced.ServiceEntry) {
      for (const host of this.#takeEntry(before, after)) hosts.add(host);
    }
    for (const { before, after } of replaced.WorkloadEntry) {
      if (before !== undefined) this.#takeInstance(before, hosts);
      if (after !== undefined) this.#takeInstance(after, hosts);
    }
    return this.#settle(hosts, workloads);
  }

  #settle(hosts: Iterable<string>, workloads: WorkloadIndex): readonly Replacement<ServicePolicy>[] {
    const records: [string, ServiceRecord | undefined][] = [];
    const replacements: Replacement<ServicePolicy>[] = [];
    for (const host of hosts) {
      const before = this.#records.get(host);
      const after = this.#resolve(host, workloads);
      if (before === after) continue;
      records.push([host, after]);
      replacements.push({ before: before?.policy, after: after?.policy });
    }
    this.#records = this.#records.with(records);
    this.#policies = this.#policies.with(records.map(([host, record]) => [host, record?.policy]));
    return replacements;
  }

  #resolve(host: string, workloads: WorkloadIndex): ServiceRecord | undefined {
    for (const record of this.#candidates(host, workloads)) if (this.#isVisible(record.policy)) return record;
    return undefined;
  }

  *#candidates(host: string, workloads: WorkloadIndex): Iterable<ServiceRecord> {
    const { namespace, domain } = this.#viewer;
    const service = this.#services.get(host);
    const declared = service === undefined ? undefined : translateService(service, namespace, domain);
    if (declared !== undefined) yield declared;
    for (const entry of this.#entries.get(host) ?? []) {
      yield* translateServiceEntry(entry, this.#viewer).filter(({ policy }) => policy.host === host);
    }
    const instances = this.#instancesOf(host, workloads);
    if (instances !== undefined) yield instances;
  }

  #instancesOf(host: string, workloads: WorkloadIndex): ServiceRecord | undefined {
    const service = this.#registered.get(host);
    if (service === undefined) return undefined;
    const entries = workloads.instances(service.namespace, service.name);
    if (entries.length === 0) {
      this.#registered.delete(host);
      return undefined;
    }
    const record = translateInstances(entries, service, this.#viewer, service.record);
    service.record = record;
    return record;
  }

  #takeService({ before, after }: Replacement<Resource<ServiceSpec>>): string {
    const { metadata } = (after ?? before)!;
    const host = serviceHost(metadata.name.toLowerCase(), namespaceOf((after ?? before)!), this.#viewer.domain);
    if (after === undefined) this.#services.delete(host);
    else this.#services.set(host, after);
    return host;
  }

  #takeInstance(entry: Resource<WorkloadEntrySpec>, hosts: Set<string>): void {
    const name = serviceOfInstance(entry);
    if (name === undefined) return;
    const namespace = namespaceOf(entry);
    const host = serviceHost(name, namespace, this.#viewer.domain);
    if (!this.#registered.has(host)) this.#registered.set(host, { name, namespace, record: undefined });
    hosts.add(host);
  }

  /** Hosts that the entry names or named. */
  #takeEntry(before: Entry | undefined, after: Entry | undefined): ReadonlySet<string> {
    const hosts = new Set([...hostsOf(before), ...hostsOf(after)]);
    for (const host of hosts) {
      const others = (this.#entries.get(host) ?? []).filter((entry) => entry !== before);
      const isNamed = after !== undefined && this.#sees(after) && hostsOf(after).includes(host);
      const all = isNamed ? [...others, after].sort((one, other) => this.#compare(one, other)) : others;
      if (all.length === 0) this.#entries.delete(host);
      else this.#entries.set(host, all);
    }
    return hosts;
  }

  #sees(entry: Entry): boolean {
    return findVisibility(entry.spec.exportTo, namespaceOf(entry), this.#viewer.namespace) !== undefined;
  }

  #compare(one: Entry, other: Entry): number {
    const rank = (entry: Entry): number => (namespaceOf(entry) === this.#viewer.namespace ? 0 : 1);
    return rank(one) - rank(other) || compareByAge(one, other);
  }
}

function hostsOf(entry: Entry | undefined): readonly string[] {
  return (entry?.spec.hosts ?? []).map((host) => host.toLowerCase());
}
