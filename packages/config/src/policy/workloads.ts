import type { Endpoint, Labels } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import { namespaceOf } from "./resource-order.ts";

/** Finds WorkloadEntries by namespace and labels. Each label that selectors ask for gets an index when first asked. */
export interface WorkloadIndex {
  select(namespace: string, selector: Labels): readonly Resource<WorkloadEntrySpec>[];
}

type ByValue = Map<string, Resource<WorkloadEntrySpec>[]>;

/** The label that selectors ask for as a rule, and that tells workloads apart best. */
const preferredLabel = "app";

/** Indexes nothing yet: the first selection by a label does. */
export function createWorkloadIndex(entries: readonly Resource<WorkloadEntrySpec>[]): WorkloadIndex {
  const indexes = new Map<string, ByValue>();

  function indexOf(label: string): ByValue {
    let index = indexes.get(label);
    if (index !== undefined) return index;
    index = new Map();
    for (const entry of entries) {
      const value = entry.spec.labels?.[label];
      if (value === undefined) continue;
      const key = `${namespaceOf(entry)}/${value}`;
      const list = index.get(key);
      if (list === undefined) index.set(key, [entry]);
      else list.push(entry);
    }
    indexes.set(label, index);
    return index;
  }

  return {
    select(namespace, selector) {
      const labels = Object.keys(selector);
      const label = labels.includes(preferredLabel) ? preferredLabel : labels[0];
      // A selector that asks for nothing selects nothing, as in Kubernetes.
      if (label === undefined) return [];
      const candidates = indexOf(label).get(`${namespace}/${selector[label]}`) ?? [];
      return labels.length === 1 ? candidates : candidates.filter(({ spec }) => hasLabels(spec.labels, selector));
    },
  };
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

/** One object per workload and port, for as long as the workload lives: states and pickers may compare by identity. */
const endpoints = new WeakMap<object, Map<number, Endpoint>>();

/** The endpoint of a WorkloadEntry on one of its ports; undefined where it has no address. */
export function entryEndpoint(entry: Resource<WorkloadEntrySpec>, port: number): Endpoint | undefined {
  return endpointOf(entry.spec, entry.metadata.name, port);
}

/** The endpoint of a workload on one of its ports; it lives as long as the `workload` object. */
export function endpointOf(workload: WorkloadEntrySpec, instance: string, port: number): Endpoint | undefined {
  const { address } = workload;
  if (address === undefined || address === "") return undefined;
  let byPort = endpoints.get(workload);
  if (byPort === undefined) {
    byPort = new Map();
    endpoints.set(workload, byPort);
  }
  let endpoint = byPort.get(port);
  if (endpoint === undefined) {
    endpoint = {
      id: `${address.includes(":") ? `[${address}]` : address}:${port}`,
      address,
      port,
      labels: workload.labels ?? {},
      locality: workload.locality ?? "",
      // 0 is protobuf's way to leave a number out.
      weight: workload.weight === undefined || workload.weight === 0 ? 1 : workload.weight,
      instance,
    };
    byPort.set(port, endpoint);
  }
  return endpoint;
}
