import type { ConnectionPoolPolicy, MonotonicMs } from "@intramesh/core";
import { type Place, RequestPlace } from "./place.ts";
import { createRetryLimit, type RetryLimit } from "./retry-ceiling.ts";

/** What of a cluster is in use, and how often a ceiling was met. */
export interface CeilingUse {
  readonly connections: number;
  readonly pending: number;
  readonly requests: number;
  readonly retries: number;
  /** Requests refused by each ceiling so far. */
  readonly pendingOverflows: number;
  readonly requestOverflows: number;
  readonly retryOverflows: number;
}

/** The connections of one endpoint, as its cluster counts them. */
export interface HostConnections {
  /** Open, busy or not. */
  readonly open: number;
  /** With a request on its way. */
  readonly busy: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

/**
 * Istio's `connectionPool` for one cluster, over all its endpoints. One request at a time on a connection, as HTTP/1.1
 * has it. A request is on its way or waits; what can do neither is refused: 503 `UO`.
 */
export interface Ceilings {
  readonly use: CeilingUse;
  /** Takes another policy over; nothing that runs is cut. */
  update(policy: ConnectionPoolPolicy): void;
  /** A record for an endpoint that joins the cluster. */
  addHost(): HostConnections;
  /** The endpoint has left: its connections count no more, its waiting requests start. */
  removeHost(host: HostConnections): void;
  /** An idle connection of the endpoint was closed, by whichever side. */
  connectionClosed(host: HostConnections): void;
  /** Asks for a connection to an endpoint. Undefined: refused. `start` is called once, later, where the place waits. */
  enter(host: HostConnections, now: MonotonicMs, start: () => void): Place | undefined;
  /** Asks for a retry, to be released when its attempt has ended; undefined: refused, the original outcome stands. */
  retry(now: MonotonicMs): { release(): void } | undefined;
}

/** Ceilings with nothing in use. */
export function createCeilings(policy: ConnectionPoolPolicy): Ceilings {
  return new ClusterCeilings(policy);
}

interface Host extends HostConnections {
  open: number;
  busy: number;
  /** In the order of their coming. */
  readonly queue: Set<RequestPlace>;
  removed: boolean;
}

class ClusterCeilings implements Ceilings {
  #policy: ConnectionPoolPolicy;
  #retryLimit: RetryLimit;
  /** Endpoints for which somebody waits. */
  readonly #crowded = new Set<Host>();
  readonly #use: { -readonly [Key in keyof CeilingUse]: number } = {
    connections: 0,
    pending: 0,
    requests: 0,
    retries: 0,
    pendingOverflows: 0,
    requestOverflows: 0,
    retryOverflows: 0,
  };

  constructor(policy: ConnectionPoolPolicy) {
    this.#policy = policy;
    this.#retryLimit = createRetryLimit(policy.retries);
  }

  get use(): CeilingUse {
    return this.#use;
  }

  update(policy: ConnectionPoolPolicy): void {
    if (!sameRetries(policy, this.#policy)) this.#retryLimit = createRetryLimit(policy.retries);
    this.#policy = policy;
    this.#startAll();
  }

  addHost(): HostConnections {
    return new HostRecord();
  }

  removeHost(given: HostConnections): void {
    const host = recordOf(given);
    host.removed = true;
    this.#use.connections -= host.open;
    host.open = 0;
    this.#startFor(host);
    this.#startAll();
  }

  connectionClosed(given: HostConnections): void {
    const host = recordOf(given);
    if (host.open === 0) return;
    host.open -= 1;
    this.#use.connections -= 1;
    this.#startAll();
  }

  enter(given: HostConnections, now: MonotonicMs, start: () => void): Place | undefined {
    const host = recordOf(given);
    const use = this.#use;
    if (host.queue.size === 0 && this.#hasConnection(host)) {
      if (use.requests >= this.#policy.maxRequests) {
        use.requestOverflows += 1;
        return undefined;
      }
      this.#retryLimit.began(now);
      this.#occupy(host);
      return new RequestPlace(undefined, (place) => this.#leave(host, place));
    }
    if (use.pending >= this.#policy.maxPendingRequests) {
      use.pendingOverflows += 1;
      return undefined;
    }
    const place = new RequestPlace(start, (leaving) => this.#leave(host, leaving));
    this.#retryLimit.began(now);
    use.pending += 1;
    host.queue.add(place);
    this.#crowded.add(host);
    return place;
  }

  retry(now: MonotonicMs): { release(): void } | undefined {
    const use = this.#use;
    if (use.retries >= this.#retryLimit.max(use.requests + use.pending, now)) {
      use.retryOverflows += 1;
      return undefined;
    }
    use.retries += 1;
    let held = true;
    return {
      release() {
        if (!held) return;
        held = false;
        use.retries -= 1;
      },
    };
  }

  /** An idle one, or a new one. An endpoint that has none gets one whatever the ceiling. */
  #hasConnection(host: Host): boolean {
    if (host.removed || host.busy < host.open || host.open === 0) return true;
    return this.#use.connections < this.#policy.maxConnections;
  }

  #occupy(host: Host): void {
    if (host.busy >= host.open && !host.removed) {
      host.open += 1;
      this.#use.connections += 1;
    }
    host.busy += 1;
    this.#use.requests += 1;
  }

  #leave(host: Host, place: RequestPlace): void {
    if (host.queue.delete(place)) {
      this.#use.pending -= 1;
      if (host.queue.size === 0) this.#crowded.delete(host);
      return;
    }
    host.busy -= 1;
    this.#use.requests -= 1;
    this.#startFor(host);
  }

  #startAll(): void {
    for (const host of this.#crowded) this.#startFor(host);
  }

  /** A waiting request has been admitted already: the ceiling of requests does not turn it away. */
  #startFor(host: Host): void {
    for (const place of host.queue) {
      if (!this.#hasConnection(host)) return;
      host.queue.delete(place);
      if (host.queue.size === 0) this.#crowded.delete(host);
      this.#use.pending -= 1;
      this.#occupy(host);
      place.begin();
    }
  }
}

class HostRecord implements Host {
  open = 0;
  busy = 0;
  removed = false;
  readonly queue: Set<RequestPlace> = new Set();

  get waiting(): number {
    return this.queue.size;
  }
}

/** Records come from `addHost` alone. */
function recordOf(host: HostConnections): Host {
  return host as HostRecord;
}

function sameRetries({ retries: one }: ConnectionPoolPolicy, { retries: other }: ConnectionPoolPolicy): boolean {
  if (one.kind === "fixed" || other.kind === "fixed")
    return one.kind === "fixed" && other.kind === "fixed" && one.max === other.max;
  return (
    one.percent === other.percent && one.minConcurrency === other.minConcurrency && one.intervalMs === other.intervalMs
  );
}
