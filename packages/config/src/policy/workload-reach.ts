import type { Replacement } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { ServiceEntrySpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import { serviceHost } from "./host-name.ts";
import { namespaceOf } from "./resource-order.ts";
import type { Replaced, ResourceStore } from "./resource-store.ts";
import { type Selecting, SelectingHosts } from "./selecting-hosts.ts";
import { leadingLabel, serviceOfInstance, Workloads } from "./workloads.ts";

/** Workloads with the services that they are behind, from change to change. */
export class WorkloadReach {
  readonly #domain: string;
  readonly #selecting: SelectingHosts = new SelectingHosts();
  #workloads: Workloads;

  constructor(store: ResourceStore, domain: string) {
    this.#domain = domain;
    this.#workloads = Workloads.over(() => store.all("WorkloadEntry"));
  }

  /** Takes over changes that the store has already. */
  update(replaced: Pick<Replaced, "Service" | "ServiceEntry" | "WorkloadEntry">): Workloads {
    this.#workloads = this.#workloads.with(replaced.WorkloadEntry);
    this.#select(replaced.Service, (service) => this.#ofService(service));
    this.#select(replaced.ServiceEntry, ofServiceEntry);
    return this.#workloads;
  }

  /** Hosts of services that one of the workloads is, or was, behind; some more where selectors ask for several labels. */
  *reachedBy(replaced: readonly Replacement<Resource<WorkloadEntrySpec>>[]): Iterable<string> {
    for (const { before, after } of replaced) {
      for (const entry of [before, after]) {
        if (entry === undefined) continue;
        yield* this.#selecting.of(entry);
        const service = serviceOfInstance(entry);
        if (service !== undefined) yield serviceHost(service, namespaceOf(entry), this.#domain);
      }
    }
  }

  #select<Spec>(replaced: readonly Replacement<Resource<Spec>>[], of: (one: Resource<Spec>) => Selecting): void {
    for (const { before, after } of replaced) {
      if (before !== undefined) this.#selecting.remove(of(before));
      if (after === undefined) continue;
      const selecting = of(after);
      this.#selecting.add(selecting);
      const label = leadingLabel(selecting.selector);
      if (label !== undefined) this.#workloads.ensure(label);
    }
  }

  #ofService(service: Resource<ServiceSpec>): Selecting {
    const namespace = namespaceOf(service);
    const hosts = [serviceHost(service.metadata.name.toLowerCase(), namespace, this.#domain)];
    return { namespace, selector: service.spec.selector ?? {}, hosts };
  }
}

function ofServiceEntry(entry: Resource<ServiceEntrySpec>): Selecting {
  const { hosts = [], workloadSelector } = entry.spec;
  const selector = workloadSelector?.labels ?? {};
  return { namespace: namespaceOf(entry), selector, hosts: hosts.map((host) => host.toLowerCase()) };
}
