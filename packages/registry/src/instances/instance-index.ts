import { objectKey } from "../state/stored-object.ts";
import type { Lease } from "./lease-table.ts";
import type { InstanceAddress } from "./workload-entry.ts";

/** An instance in the registry's care. */
export interface Held {
  /** Its key is that of the WorkloadEntry. */
  readonly lease: Lease;
  readonly at: InstanceAddress;
  /** The body of the last renewal, as it came: the same text again needs no reading. Undefined after a restart. */
  readonly body: string | undefined;
  /** The answer to it. */
  readonly answer: string;
}

/** The instances, found by their address and counted by service. */
export class InstanceIndex {
  /** By WorkloadEntry, `namespace/name`. */
  readonly #held = new Map<string, Held>();
  /** By service, `namespace/name`. */
  readonly #counts = new Map<string, number>();

  get(key: string): Held | undefined {
    return this.#held.get(key);
  }

  values(): Iterable<Held> {
    return this.#held.values();
  }

  find(at: InstanceAddress): Held | undefined {
    const plain = this.#held.get(objectKey(at.namespace, at.instance));
    if (plain !== undefined && plain.at.service === at.service) return plain;
    return this.#held.get(objectKey(at.namespace, qualifiedName(at)));
  }

  /** True where at least one instance of the service is here. */
  hasService(namespace: string, service: string): boolean {
    return this.#counts.has(`${namespace}/${service}`);
  }

  hold(held: Held): void {
    this.#count(this.#held.get(held.lease.key), -1);
    this.#held.set(held.lease.key, held);
    this.#count(held, 1);
  }

  release(key: string): void {
    this.#count(this.#held.get(key), -1);
    this.#held.delete(key);
  }

  #count(held: Held | undefined, step: number): void {
    if (held === undefined) return;
    const service = `${held.at.namespace}/${held.at.service}`;
    const count = (this.#counts.get(service) ?? 0) + step;
    if (count === 0) this.#counts.delete(service);
    else this.#counts.set(service, count);
  }
}

/**
 * Name of the WorkloadEntry where another service has one of the plain id: ids are unique within a service, names
 * within a namespace. Neither part contains a dot, so that the two forms never meet.
 */
export function qualifiedName({ service, instance }: InstanceAddress): string {
  return `${service}.${instance}`;
}
