import type { MonotonicMs, Outcome, OutlierDetectionPolicy } from "@intramesh/core";
import { compileVerdicts, type HostVerdict, type VerdictReader } from "./host-verdict.ts";

/** What is remembered of one endpoint of one cluster. Read it; only its detector writes it. */
export interface OutlierHost {
  readonly id: string;
  /** Since when it is left out; undefined while it takes part. */
  readonly ejectedAt: MonotonicMs | undefined;
  /** The next ejection lasts one base time longer than this many. */
  readonly multiplier: number;
}

/** Istio's outlier detection for one cluster. Health changes only where a method says so. */
export interface OutlierDetector {
  /** Time between two calls of `tick`, in milliseconds. */
  readonly intervalMs: number;
  /** Endpoints that are left out now. */
  readonly ejected: number;
  /** Ejections that `maxEjectionPercent` forbade so far. */
  readonly refused: number;
  /** Takes another policy over; counters and ejections stay. */
  update(policy: OutlierDetectionPolicy): void;
  /** Says which endpoints the cluster has. Those that are gone free their share of the ejections. */
  setHosts(ids: Iterable<string>): void;
  /** The record of an endpoint; undefined where the cluster has none of this id. */
  host(id: string): OutlierHost | undefined;
  /** Counts the ending of one attempt; true where it has just ejected the endpoint. */
  record(host: OutlierHost, outcome: Outcome, now: MonotonicMs): boolean;
  /** Looks who may return, to be called each `intervalMs`; true where somebody has. */
  tick(now: MonotonicMs): boolean;
}

/** Starts with no endpoints. Semantics: Envoy's common/upstream/outlier_detection_impl.cc as Istio configures it. */
export function createOutlierDetector(policy: OutlierDetectionPolicy): OutlierDetector {
  return new ConsecutiveErrorsDetector(policy);
}

type Counter = "errors5xx" | "gatewayErrors" | "localOriginFailures";

/** One record of an endpoint; what others see of it is OutlierHost. */
interface Cell extends OutlierHost {
  ejectedAt: MonotonicMs | undefined;
  /** Undefined: never ejected, or not yet back. */
  returnedAt: MonotonicMs | undefined;
  multiplier: number;
  errors5xx: number;
  gatewayErrors: number;
  localOriginFailures: number;
  /** False once the endpoint has left the cluster. */
  present: boolean;
}

class ConsecutiveErrorsDetector implements OutlierDetector {
  #policy: OutlierDetectionPolicy;
  #verdictOf: VerdictReader;
  readonly #cells = new Map<string, Cell>();
  #ejected = 0;
  #refused = 0;

  constructor(policy: OutlierDetectionPolicy) {
    this.#policy = policy;
    this.#verdictOf = compileVerdicts(policy);
  }

  get intervalMs(): number {
    return this.#policy.intervalMs;
  }

  get ejected(): number {
    return this.#ejected;
  }

  get refused(): number {
    return this.#refused;
  }

  update(policy: OutlierDetectionPolicy): void {
    this.#policy = policy;
    this.#verdictOf = compileVerdicts(policy);
  }

  setHosts(ids: Iterable<string>): void {
    const present = new Set(ids);
    for (const [id, cell] of this.#cells) {
      if (present.has(id)) continue;
      this.#cells.delete(id);
      cell.present = false;
      if (cell.ejectedAt !== undefined) this.#ejected -= 1;
    }
    for (const id of present) if (!this.#cells.has(id)) this.#cells.set(id, newCell(id));
  }

  host(id: string): OutlierHost | undefined {
    return this.#cells.get(id);
  }

  record(host: OutlierHost, outcome: Outcome, now: MonotonicMs): boolean {
    // Records come from `host` alone.
    const cell = host as Cell;
    // An attempt may outlast its endpoint's membership; nothing of it counts then.
    if (!cell.present) return false;
    const verdict = this.#verdictOf(outcome);
    if (verdict === undefined) return false;
    if (typeof verdict === "number") {
      cell.localOriginFailures = 0;
      return this.#countStatus(cell, verdict, now);
    }
    return this.#policy.splitLocalOriginErrors
      ? this.#countLocalOrigin(cell, verdict, now)
      : this.#countStatus(cell, verdict === "silent" ? 504 : 503, now);
  }

  tick(now: MonotonicMs): boolean {
    const { intervalMs, baseEjectionMs, maxEjectionMs } = this.#policy;
    let changed = false;
    for (const cell of this.#cells.values()) {
      if (cell.ejectedAt === undefined) {
        if (cell.multiplier > 0 && now - cell.returnedAt! >= intervalMs) cell.multiplier -= 1;
      } else if (now - cell.ejectedAt >= Math.min(baseEjectionMs * cell.multiplier, maxEjectionMs)) {
        this.#readmit(cell, now);
        changed = true;
      }
    }
    return changed;
  }

  #countStatus(cell: Cell, status: number, now: MonotonicMs): boolean {
    const { consecutive5xxErrors, consecutiveGatewayErrors } = this.#policy;
    if (status < 500 || status > 599) {
      cell.errors5xx = 0;
      cell.gatewayErrors = 0;
      return false;
    }
    const isGatewayError = status === 502 || status === 503 || status === 504;
    cell.gatewayErrors = isGatewayError ? cell.gatewayErrors + 1 : 0;
    cell.errors5xx += 1;
    const byGateway = isGatewayError && cell.gatewayErrors === consecutiveGatewayErrors;
    const by5xx = cell.errors5xx === consecutive5xxErrors;
    const ejectedByGateway = byGateway && this.#eject(cell, "gatewayErrors", now);
    const ejectedBy5xx = by5xx && this.#eject(cell, "errors5xx", now);
    return ejectedByGateway || ejectedBy5xx;
  }

  #countLocalOrigin(cell: Cell, verdict: Exclude<HostVerdict, number>, now: MonotonicMs): boolean {
    // A connection that stood is a success before what came after it is a failure, as in Envoy's onPoolReady.
    cell.localOriginFailures = verdict === "unreachable" ? cell.localOriginFailures + 1 : 1;
    if (cell.localOriginFailures !== this.#policy.consecutiveLocalOriginFailures) return false;
    return this.#eject(cell, "localOriginFailures", now);
  }

  /** `counter` starts anew whether or not the ejection is allowed; while the endpoint is out it just counts on. */
  #eject(cell: Cell, counter: Counter, now: MonotonicMs): boolean {
    if (cell.ejectedAt !== undefined) return false;
    cell[counter] = 0;
    const { maxEjectionPercent, baseEjectionMs, maxEjectionMs } = this.#policy;
    if ((100 * (this.#ejected + 1)) / this.#cells.size > maxEjectionPercent) {
      this.#refused += 1;
      return false;
    }
    this.#ejected += 1;
    cell.ejectedAt = now;
    if (cell.multiplier * baseEjectionMs < maxEjectionMs + baseEjectionMs) cell.multiplier += 1;
    return true;
  }

  #readmit(cell: Cell, now: MonotonicMs): void {
    this.#ejected -= 1;
    cell.ejectedAt = undefined;
    cell.returnedAt = now;
    cell.errors5xx = 0;
    cell.gatewayErrors = 0;
    cell.localOriginFailures = 0;
  }
}

function newCell(id: string): Cell {
  return {
    id,
    ejectedAt: undefined,
    returnedAt: undefined,
    multiplier: 0,
    errors5xx: 0,
    gatewayErrors: 0,
    localOriginFailures: 0,
    present: true,
  };
}
