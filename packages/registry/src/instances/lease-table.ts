import type { Clock } from "@intramesh/core";

/** The registry's promise to keep an instance listed until `ttlMs` after its last renewal. */
export interface Lease {
  /** `namespace/name` of the WorkloadEntry. */
  readonly key: string;
  readonly ttlMs: number;
  /** On the table's own clock, which stands still while the process does. */
  renewedAt: number;
}

/** What a sweep found. */
export interface Sweep {
  /** Leases that have run out and are not kept any longer; they are gone from the table. */
  readonly lapsed: readonly Lease[];
  /** Leases that have run out and are kept, because too many did at once. */
  readonly preserved: number;
}

/** Share of the leases that may lapse within one lease before it looks like the registry's own fault. */
const preservationRatio = 0.15;

/**
 * One lease may always lapse: below seven instances a single crash is more than 15 % already, and it must not
 * be mistaken for a cut network.
 */
const alwaysAllowed = 1;

/**
 * A lease this far through without a renewal counts as failing. Clients renew at a third, so that two thirds
 * of a lease after a cut, when the first lapses, every other one of the same cut is past this, and no healthy one.
 */
const failingRatio = 0.6;

/** After this long the preserved lapse all the same: nothing that is coming back has been away for an hour. */
const preservedAtMostMs = 3_600_000;

/** A sweep that comes later than this was not late by load: the process was stopped, and its clients' renewals with it. */
const lateMs = 1_000;

/** All leases, with the rules by which they lapse. */
export class LeaseTable {
  readonly #clock: Clock;
  readonly #leases = new Map<string, Lease>();
  /** When the leases of the recent past lapsed, and how long theirs was. */
  #recentlyLapsed: { readonly at: number; readonly ttlMs: number }[] = [];
  #stoppedMs = 0;
  #expectedSweepAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#expectedSweepAt = clock.now();
  }

  get size(): number {
    return this.#leases.size;
  }

  get(key: string): Lease | undefined {
    return this.#leases.get(key);
  }

  values(): Iterable<Lease> {
    return this.#leases.values();
  }

  grant(key: string, ttlMs: number): Lease {
    const lease: Lease = { key, ttlMs, renewedAt: this.#now() };
    this.#leases.set(key, lease);
    return lease;
  }

  renew(lease: Lease): void {
    lease.renewedAt = this.#now();
  }

  drop(key: string): void {
    this.#leases.delete(key);
  }

  /** Negative where it has run out and is preserved. */
  remainingMs(lease: Lease): number {
    return lease.renewedAt + lease.ttlMs - this.#now();
  }

  /** To be called about every `everyMs`. */
  sweep(everyMs: number): Sweep {
    this.#compensate(everyMs);
    const now = this.#now();
    this.#recentlyLapsed = this.#recentlyLapsed.filter(({ at, ttlMs }) => now - at < ttlMs);
    let failing = this.#recentlyLapsed.length;
    const due: Lease[] = [];
    for (const lease of this.#leases.values()) {
      const age = now - lease.renewedAt;
      if (age > lease.ttlMs * failingRatio) failing++;
      if (age > lease.ttlMs) due.push(lease);
    }
    const all = this.#leases.size + this.#recentlyLapsed.length;
    const preserving = failing > Math.max(alwaysAllowed, Math.floor(all * preservationRatio));
    const lapsed = preserving ? due.filter((lease) => now - lease.renewedAt > lease.ttlMs + preservedAtMostMs) : due;
    for (const lease of lapsed) {
      this.#leases.delete(lease.key);
      this.#recentlyLapsed.push({ at: now, ttlMs: lease.ttlMs });
    }
    return { lapsed, preserved: due.length - lapsed.length };
  }

  #now(): number {
    return this.#clock.now() - this.#stoppedMs;
  }

  #compensate(everyMs: number): void {
    const now = this.#clock.now();
    const late = now - this.#expectedSweepAt;
    if (late > lateMs) this.#stoppedMs += late;
    this.#expectedSweepAt = now + everyMs;
  }
}
