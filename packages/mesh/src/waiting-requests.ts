import type { Cancel, Exchange } from "@intramesh/core";
import { abortExchange } from "@intramesh/transport";
import { keepAlive } from "./system/keep-alive.ts";

/** Requests that wait inside the mesh, for a place, an injected delay, a back-off: pools do not know of them. They keep the process alive. */
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
  let letGo: Cancel | undefined;
  return {
    get size() {
      return waiting.size;
    },
    add(exchange) {
      if (ended) abortExchange(exchange, { kind: "closing" });
      else waiting.add(exchange);
      // Nothing else does while nothing is on the wire: a program that only calls would end without its answer.
      if (waiting.size > 0) letGo ??= keepAlive();
    },
    delete(exchange) {
      if (!waiting.delete(exchange) || waiting.size > 0) return;
      letGo?.();
      letGo = undefined;
      onIdle();
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
