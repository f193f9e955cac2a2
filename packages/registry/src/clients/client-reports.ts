import type { Clock, MonotonicMs } from "@intramesh/core";
import { instanceFacts, workloadEntryKind } from "../instances/workload-entry.ts";
import type { RegistryState } from "../state/registry-state.ts";

/** A report that is older says nothing about its sender any more. */
const reportLifetimeMs = 60_000;

/** What one connected process says of itself. */
export interface ClientReport {
  readonly service: string;
  readonly namespace: string;
  /** The revision that it runs on; 0 where it has none of this registry's. */
  readonly revision: number;
  /** Version of its copy of intramesh; older clients do not say. */
  readonly library?: string;
  /** Resources that it refused, and why. */
  readonly rejected: readonly unknown[];
  readonly [key: string]: unknown;
}

/** A report and when it came. */
export interface HeldReport {
  readonly id: string;
  readonly report: ClientReport;
  readonly at: MonotonicMs;
}

/** The connected processes, by what they last said. */
export class ClientReports {
  readonly #clock: Clock;
  readonly #reports = new Map<string, HeldReport>();
  #onChange: () => void = () => {};

  constructor(state: RegistryState, clock: Clock) {
    this.#clock = clock;
    state.onChange((changes) => {
      for (const { type, object } of changes) {
        if (type !== "DELETED" || object.info !== workloadEntryKind) continue;
        const facts = instanceFacts(object.resource);
        if (facts !== undefined) this.#forgetInstance(object.namespace, facts.service, facts.instance);
      }
    });
  }

  /** Keeps what `id` says, in place of what it said before. */
  put(id: string, report: ClientReport): void {
    this.#reports.set(id, { id, report, at: this.#clock.now() });
    this.#onChange();
  }

  /** Forgets a process that has ended. */
  remove(id: string): void {
    if (this.#reports.delete(id)) this.#onChange();
  }

  /** Those who have spoken within the lifetime of a report, by id. */
  all(): readonly HeldReport[] {
    const oldest = this.#clock.now() - reportLifetimeMs;
    for (const { id, at } of this.#reports.values()) if (at < oldest) this.#reports.delete(id);
    return [...this.#reports.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** `listener` hears of every report; there is one listener. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** A process whose lease has ended, or that has left, runs nothing any more. */
  #forgetInstance(namespace: string, service: string, id: string): void {
    const report = this.#reports.get(id)?.report;
    if (report?.namespace === namespace && report.service === service) this.remove(id);
  }
}
