import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** What the inbound side of a mesh does around a handler. */
export interface InboundHooks {
  /**
   * Called for each request. Calls `handle` inside the request's context, or answers the request itself.
   * The function that it returns runs once, when the response has ended or its connection is gone.
   */
  enter(request: IncomingMessage, response: ServerResponse, handle: () => void): (() => void) | undefined;
}

/** Express's, Connect's and Koa-connect's form of a handler. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

export interface Inbound {
  listener(handler: RequestListener): RequestListener;
  middleware(): Middleware;
  /** Requests that run now. */
  readonly active: number;
  /** From here on each response closes its connection. Resolves when the last running request has ended. */
  drain(): Promise<void>;
}

export function createInbound(hooks: InboundHooks): Inbound {
  let active = 0;
  let draining = false;
  let onIdle: (() => void)[] = [];

  function serve(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    active += 1;
    if (draining) response.setHeader("connection", "close");
    let leave: (() => void) | undefined;
    response.once("close", () => {
      active -= 1;
      leave?.();
      if (active > 0) return;
      for (const resolve of onIdle) resolve();
      onIdle = [];
    });
    leave = hooks.enter(request, response, handle);
  }

  return {
    listener: (handler) => (request, response) => serve(request, response, () => handler(request, response)),
    middleware: () => (request, response, next) => serve(request, response, () => next()),
    get active() {
      return active;
    },
    drain() {
      draining = true;
      return active === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve));
    },
  };
}
