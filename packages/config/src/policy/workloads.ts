import {
  canonicalAddress,
  type Endpoint,
  type Labels,
  type Replacement,
  VersionedMap,
  type WorkloadQuery,
} from "@intramesh/core";
import { instanceMarks } from "../instance-marks.ts";
import type { Resource } from "../resource.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import { namespaceOf } from "./resource-order.ts";

type Entry = Resource<WorkloadEntrySpec>;
type ByKey = VersionedMap<string, readonly Entry[]>;

/** Finds WorkloadEntries by what they say of themselves. */
export interface WorkloadIndex {
  /** Those of a namespace with all labels of a selector; one that asks for nothing selects nothing, as in Kubernetes. */
  select(namespace: string, selector: Labels): readonly Entry[];
  /** Those that registered themselves for the service of this name, in lower case. */
  instances(namespace: string, service: string): readonly Entry[];
}

/** The label that selectors ask for as a rule, and that tells workloads apart best. */
const preferredLabel = "app";

/** The one label by which a selector's workloads are looked up; undefined where it asks for none. */
export function leadingLabel(selector: Labels): string | undefined {
  return Object.hasOwn(selector, preferredLabel) ? preferredLabel : Object.keys(selector)[0];
}

/** What a selector asks for; undefined where it selects nothing. */
export function selectedWorkloads(namespace: string, selector: Labels = {}): WorkloadQuery | undefined {
  return leadingLabel(selector) === undefined ? undefined : { kind: "selected", namespace, labels: selector };
}

/** The service that a workload registered itself for, in lower case. */
export function serviceOfInstance(entry: Entry): string | undefined {
  return entry.metadata.annotations?.[instanceMarks.service]?.toLowerCase();
}

/** An index over entries that stay as they are. */
export function createWorkloadIndex(entries: readonly Entry[]): WorkloadIndex {
  return Workloads.over(() => entries);
}

/** Each label that selectors ask for gets an index, when first asked or by `ensure`. */
export class Workloads implements WorkloadIndex {
  readonly #all: () => Iterable<Entry>;
  readonly #byLabel: Map<string, ByKey>;
  #byService: ByKey | undefined;

  private constructor(all: () => Iterable<Entry>, byLabel: Map<string, ByKey>, byService: ByKey | undefined) {
    this.#all = all;
    this.#byLabel = byLabel;
    this.#byService = byService;
  }

  /** `all` are the entries of the newest version. */
  static over(all: () => Iterable<Entry>): Workloads {
    return new Workloads(all, new Map(), undefined);
  }

  /** The next version. */
  with(replaced: readonly Replacement<Entry>[]): Workloads {
    if (replaced.length === 0) return this;
    const byLabel = new Map(
      [...this.#byLabel].map(([label, index]) => [label, regroup(index, replaced, (entry) => labelKey(entry, label))]),
    );
    const byService = this.#byService === undefined ? undefined : regroup(this.#byService, replaced, serviceKey);
    return new Workloads(this.#all, byLabel, byService);
  }

  /** Indexes a label now: a version that is asked for another one later would see the entries of the newest. */
  ensure(label: string): ByKey {
    let index = this.#byLabel.get(label);
    if (index === undefined) {
      index = regroup(new VersionedMap(), arrivals(this.#all()), (entry) => labelKey(entry, label));
      this.#byLabel.set(label, index);
    }
    return index;
  }

  select(namespace: string, selector: Labels): readonly Entry[] {
    const label = leadingLabel(selector);
    if (label === undefined) return [];
    const candidates = this.ensure(label).get(`${namespace}/${selector[label]}`) ?? [];
    const isOnly = Object.keys(selector).length === 1;
    return isOnly ? candidates : candidates.filter(({ spec }) => hasLabels(spec.labels, selector));
  }

  instances(namespace: string, service: string): readonly Entry[] {
    this.#byService ??= regroup(new VersionedMap(), arrivals(this.#all()), serviceKey);
    return this.#byService.get(`${namespace}/${service}`) ?? [];
  }
}

function labelKey(entry: Entry, label: string): string | undefined {
  const value = entry.spec.labels?.[label];
  return value === undefined ? undefined : `${namespaceOf(entry)}/${value}`;
}

function serviceKey(entry: Entry): string | undefined {
  const service = serviceOfInstance(entry);
  return service === undefined ? undefined : `${namespaceOf(entry)}/${service}`;
}

function* arrivals(entries: Iterable<Entry>): Iterable<Replacement<Entry>> {
  for (const after of entries) yield { before: undefined, after };
}

/** Lists by key with changes taken over: who stays in a list keeps its place. Only lists that change are copied. */
function regroup(
  index: ByKey,
  replaced: Iterable<Replacement<Entry>>,
  keyOf: (entry: Entry) => string | undefined,
): ByKey {
  const lists = new Map<string, Entry[]>();
  const listOf = (key: string): Entry[] => {
    let list = lists.get(key);
    if (list === undefined) {
      list = [...(index.get(key) ?? [])];
      lists.set(key, list);
    }
    return list;
  };
  for (const { before, after } of replaced) {
    const from = before === undefined ? undefined : keyOf(before);
    const to = after === undefined ? undefined : keyOf(after);
    if (from !== undefined) {
      const list = listOf(from);
      const at = list.indexOf(before!);
      if (from === to) list[at] = after!;
      else list.splice(at, 1);
    }
    if (to !== undefined && to !== from) listOf(to).push(after!);
  }
  // Copies are as long as they must be; what was grown by `push` is not.
  return index.with([...lists].map(([key, list]) => [key, list.length === 0 ? undefined : list.slice()]));
}

/** Whether `labels` has everything that `wanted` names. */
export function hasLabels(labels: Labels | undefined, wanted: Labels): boolean {
  for (const name in wanted) if (labels?.[name] !== wanted[name]) return false;
  return true;
}

/** The workload's own port of this name. */
export function portNamed(ports: Readonly<Record<string, number>> | undefined, name: string): number | undefined {
  return ports !== undefined && Object.hasOwn(ports, name) ? ports[name] : undefined;
}

/**
 * One object per workload and port, for as long as the workload lives: states and pickers may compare by identity. Nearly
 * all have one, which stands there by itself: there may be a hundred thousand.
 */
const endpoints = new WeakMap<object, Endpoint | readonly Endpoint[]>();

/** The endpoint of a WorkloadEntry on one of its ports; undefined where it has no address. */
export function entryEndpoint(entry: Resource<WorkloadEntrySpec>, port: number): Endpoint | undefined {
  return endpointOf(entry.spec, entry.metadata.name, port);
}

/** The endpoint of a workload on one of its ports; it lives as long as the `workload` object. */
export function endpointOf(workload: WorkloadEntrySpec, instance: string, port: number): Endpoint | undefined {
  if (workload.address === undefined || workload.address === "") return undefined;
  const known = endpoints.get(workload);
  let endpoint = endpointAt(known, port);
  if (endpoint === undefined) {
    const address = canonicalAddress(workload.address);
    endpoint = {
      // Joined, not added: a sum of texts keeps its parts beside the whole.
      id: [address.includes(":") ? `[${address}]` : address, port].join(":"),
      address,
      port,
      labels: workload.labels ?? {},
      locality: workload.locality ?? "",
      // 0 is protobuf's way to leave a number out.
      weight: workload.weight === undefined || workload.weight === 0 ? 1 : workload.weight,
      instance,
    };
    endpoints.set(workload, known === undefined ? endpoint : [known, endpoint].flat());
  }
  return endpoint;
}

function endpointAt(known: Endpoint | readonly Endpoint[] | undefined, port: number): Endpoint | undefined {
  if (known === undefined) return undefined;
  if ("port" in known) return known.port === port ? known : undefined;
  return known.find((one) => one.port === port);
}

/** The endpoints that there are, in a list of just their number. */
export function presentEndpoints(found: readonly (Endpoint | undefined)[]): readonly Endpoint[] {
  return found.every(isPresent) ? found : found.filter(isPresent);
}

function isPresent(endpoint: Endpoint | undefined): endpoint is Endpoint {
  return endpoint !== undefined;
}
