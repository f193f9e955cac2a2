import type { Labels } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import { namespaceOf } from "./resource-order.ts";
import { leadingLabel } from "./workloads.ts";

/** What picks workloads: a Service or a ServiceEntry. */
export interface Selecting {
  readonly namespace: string;
  readonly selector: Labels;
  readonly hosts: readonly string[];
}

/** Which services' endpoints a workload may be among: selectors read from the workload's side. */
export class SelectingHosts {
  /** How often each host asks for a label's value. */
  readonly #hosts: Map<string, Map<string, number>> = new Map();
  /** Labels that were ever asked for. */
  readonly #labels: Set<string> = new Set();

  add(selecting: Selecting): void {
    this.#count(selecting, 1);
  }

  remove(selecting: Selecting): void {
    this.#count(selecting, -1);
  }

  *of(entry: Resource<WorkloadEntrySpec>): Iterable<string> {
    for (const label of this.#labels) {
      const value = entry.spec.labels?.[label];
      if (value !== undefined) yield* this.#hosts.get(keyOf(namespaceOf(entry), label, value))?.keys() ?? [];
    }
  }

  #count({ namespace, selector, hosts }: Selecting, step: number): void {
    const label = leadingLabel(selector);
    if (label === undefined) return;
    this.#labels.add(label);
    const key = keyOf(namespace, label, selector[label]!);
    const counts = this.#hosts.get(key) ?? new Map<string, number>();
    for (const host of hosts) {
      const count = (counts.get(host) ?? 0) + step;
      if (count === 0) counts.delete(host);
      else counts.set(host, count);
    }
    if (counts.size === 0) this.#hosts.delete(key);
    else this.#hosts.set(key, counts);
  }
}

function keyOf(namespace: string, label: string, value: string): string {
  return `${namespace}/${label}=${value}`;
}
