import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createSeenServers } from "./seen-servers.ts";

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

/** The inbound side, and the steps by which it ends: say so, stop, cut. */
export interface Inbound {
  listener(handler: RequestListener): RequestListener;
  middleware(): Middleware;
  /** Requests that run now. */
  readonly active: number;
  /** From here on each response says that its connection closes after it. Everything is still served. */
  announceClose(): void;
  /**
   * Stops listening on the servers that requests have come through, and closes their connections as they fall idle.
   * Resolves when the last running request has ended. Announces first where nobody has.
   */
  drain(): Promise<void>;
  /** Ends the event streams that still run, as their end: they have no other. */
  endEventStreams(): void;
  /** Breaks off what still runs. */
  cut(): void;
}

/** Wraps handlers; `hooks` is called for each request. */
export function createInbound(hooks: InboundHooks): Inbound {
  const servers = createSeenServers();
  const running = new Set<ServerResponse>();
  let phase: "serving" | "closing" | "draining" = "serving";
  let onIdle: (() => void)[] = [];

  function serve(request: IncomingMessage, response: ServerResponse, handle: () => void): void {
    running.add(response);
    servers.see(request.socket);
    if (phase !== "serving") closeAfter(response);
    let leave: (() => void) | undefined;
    response.once("close", () => {
      running.delete(response);
      leave?.();
      if (phase === "draining") closeIdle();
      if (running.size > 0) return;
      for (const resolve of onIdle) resolve();
      onIdle = [];
    });
    leave = hooks.enter(request, response, handle);
  }

  /** To Node a connection is idle once its response was ended, though a slow reader may not have all of it yet. */
  function closeIdle(): void {
    for (const response of running) if (response.writableEnded) return;
    servers.closeIdle();
  }

  function announceClose(): void {
    if (phase !== "serving") return;
    phase = "closing";
    for (const response of running) closeAfter(response);
  }

  return {
    listener: (handler) => (request, response) => serve(request, response, () => handler(request, response)),
    middleware: () => (request, response, next) => serve(request, response, () => next()),
    get active() {
      return running.size;
    },
    announceClose,
    drain() {
      announceClose();
      phase = "draining";
      servers.stopListening();
      closeIdle();
      return running.size === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve));
    },
    endEventStreams() {
      for (const response of running) if (isEventStream(response)) endStream(response);
    },
    cut() {
      for (const response of running) response.destroy();
    },
  };
}

function closeAfter(response: ServerResponse): void {
  // HTTP/2 has no such header; its connections close by a frame of their own.
  if (!response.headersSent && response.req.httpVersionMajor < 2) response.setHeader("connection", "close");
}

/** Node keeps headers that were given to `writeHead` as the text that it sent, in a field without a type. */
function isEventStream(response: ServerResponse): boolean {
  if (!response.headersSent) return false;
  const type = response.getHeader("content-type");
  if (type !== undefined) return String(type).startsWith("text/event-stream");
  const { _header: head } = response as { readonly _header?: string | null };
  return /^content-type: *text\/event-stream/im.test(head ?? "");
}

function endStream(response: ServerResponse): void {
  // A handler that has not noticed yet, and writes, must not bring the process down at its end.
  response.on("error", () => {});
  response.end();
}
