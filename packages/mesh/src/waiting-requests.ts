import type { Exchange } from "@intramesh/core";
import { abortExchange } from "@intramesh/transport";

/** Requests that wait inside the mesh, for a place, an injected delay, a back-off: pools do not know of them. */
export interface WaitingRequests {
  readonly size: number;
  /** Once they are ended, whoever comes to wait is ended at once. */
  add(exchange: Exchange): void;
  delete(exchange: Exchange): void;
  /** Resolves when none waits any more. */
  idle(): Promise<void>;
  /** Ends all that wait: the mesh is closing. */
  end(): void;
}

export function createWaitingRequests(): WaitingRequests {
  const waiting = new Set<Exchange>();
  let ended = false;
  let onIdle = (): void => undefined;
  return {
    get size() {
      return waiting.size;
    },
    add(exchange) {
      if (ended) abortExchange(exchange, { kind: "closing" });
      else waiting.add(exchange);
    },
    delete(exchange) {
      if (waiting.delete(exchange) && waiting.size === 0) onIdle();
    },
    idle() {
      return new Promise((resolve) => {
        if (waiting.size === 0) resolve();
        else onIdle = resolve;
      });
    },
    end() {
      ended = true;
      for (const exchange of [...waiting]) abortExchange(exchange, { kind: "closing" });
    },
  };
}
