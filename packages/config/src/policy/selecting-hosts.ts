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
  /** How often each host asks for a label's value; a host by itself asks once, as nearly all do. */
  readonly #hosts: Map<string, string | Map<string, number>> = new Map();
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
      if (value === undefined) continue;
      const hosts = this.#hosts.get(keyOf(namespaceOf(entry), label, value));
      if (typeof hosts === "string") yield hosts;
      else yield* hosts?.keys() ?? [];
    }
  }

  #count({ namespace, selector, hosts }: Selecting, step: number): void {
    const label = leadingLabel(selector);
    if (label === undefined) return;
    this.#labels.add(label);
    const key = keyOf(namespace, label, selector[label]!);
    const known = this.#hosts.get(key);
    const counts = typeof known === "object" ? known : new Map(known === undefined ? [] : [[known, 1]]);
    for (const host of hosts) {
      const count = (counts.get(host) ?? 0) + step;
      if (count === 0) counts.delete(host);
      else counts.set(host, count);
    }
    const [only] = counts;
    if (only === undefined) this.#hosts.delete(key);
    else this.#hosts.set(key, counts.size === 1 && only[1] === 1 ? only[0] : counts);
  }
}

function keyOf(namespace: string, label: string, value: string): string {
  return `${namespace}/${label}=${value}`;
}
