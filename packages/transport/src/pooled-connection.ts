import type { Exchange, Outcome, ResetReason } from "@intramesh/core";
import type { Dispatcher } from "undici";
import { Attempt } from "./attempt.ts";
import { dispatchAttempt, type Sending, shielded } from "./dispatch-attempt.ts";
import type { Pool } from "./undici-parts.ts";

/** A way to one endpoint: a pool of connections of its own. */
export interface Connection {
  send(exchange: Exchange): Promise<Outcome>;
  /** For upgrades, which leave HTTP behind: hands the caller's own handler to the pool. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
}

/** Endings that leave open whether the endpoint is still there. */
const silent: ReadonlySet<ResetReason> = new Set<ResetReason>(["timeout", "per try timeout"]);

/**
 * A pool of connections that is replaced where its connections may be dead. A NAT or a firewall that forgets its flows
 * forgets all of them at once, and nobody hears of it: where an attempt ran into its timeout and the endpoint said nothing
 * meanwhile on any connection, new requests get new connections.
 */
export class PooledConnection implements Connection {
  readonly #open: () => Pool;
  readonly #retire: (pool: Pool) => void;
  readonly #maxRequests: number;
  readonly #sending: Sending;
  #pool: Pool;
  /** Response heads that came from the endpoint. */
  #heard = 0;
  #sent = 0;

  constructor(open: () => Pool, retire: (pool: Pool) => void, maxRequests: number, sending: Sending) {
    this.#sending = sending;
    this.#open = open;
    this.#retire = retire;
    this.#maxRequests = maxRequests;
    this.#pool = open();
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const pool = this.#pool;
    return shielded(this.#sending.shield, () => pool.dispatch(options, handler));
  }

  send(exchange: Exchange): Promise<Outcome> {
    const pool = this.#pool;
    const heard = this.#heard;
    return new Promise((resolve) => {
      const attempt = new Attempt(
        exchange,
        (outcome) => {
          if (outcome.kind === "response") this.#heard += 1;
          else if (silent.has(outcome.reason) && !outcome.beforeRequest && this.#heard === heard) this.#suspect(pool);
          resolve(outcome);
        },
        this.#sending.bodyIdleTimeoutMs,
      );
      this.#sent += 1;
      const reset = this.#maxRequests > 0 && this.#sent % this.#maxRequests === 0;
      dispatchAttempt(pool, exchange, attempt, { reset }, this.#sending);
    });
  }

  close(): void {
    this.#retire(this.#pool);
  }

  /** Once for each pool: those that were sent on it together time out together. */
  #suspect(pool: Pool): void {
    if (pool !== this.#pool) return;
    this.#pool = this.#open();
    this.#retire(pool);
  }
}
