import { Agent, type ClientRequest } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Duplex } from "node:stream";

/** Connections that do not keep the process alive, but for the time from `hold()` to `release()`. */
export interface IdleAgent {
  readonly agent: Agent;
  /** Keeps the process alive, between two calls too. */
  hold(): void;
  release(): void;
  close(): void;
}

interface Holdable {
  ref?(): void;
  unref?(): void;
}

/** Longest interval that a timer of Node takes, ms. */
const longestIntervalMs = 2 ** 31 - 1;

/**
 * A long poll is always under way, and would keep a process alive that has nothing else to do: it counts
 * only until the first answers are in.
 */
export function createIdleAgent(secure: boolean): IdleAgent {
  const agent: Agent = new (secure ? SecureAgent : Agent)({ keepAlive: true });
  const sockets = new Set<Duplex & Holdable>();
  let isHeld = false;
  let held: NodeJS.Timeout | undefined;

  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = createConnection(options, callback) as (Duplex & Holdable) | null | undefined;
    if (socket != null) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      if (!isHeld) socket.unref?.();
    }
    return socket;
  };
  const reuseSocket = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket: Duplex & Holdable, request: ClientRequest) => {
    reuseSocket(socket, request);
    if (!isHeld) socket.unref?.();
  };

  return {
    agent,
    hold() {
      isHeld = true;
      held ??= setInterval(() => undefined, longestIntervalMs);
    },
    release() {
      isHeld = false;
      clearInterval(held);
      for (const socket of sockets) socket.unref?.();
    },
    close() {
      clearInterval(held);
      agent.destroy();
    },
  };
}
