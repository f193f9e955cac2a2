import { Agent, type ClientRequest } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Duplex } from "node:stream";

/** Connections that keep the process alive until `release()`, and none of them after it. */
export interface IdleAgent {
  readonly agent: Agent;
  release(): void;
  close(): void;
}

interface Holdable {
  ref?(): void;
  unref?(): void;
}

/**
 * A long poll is always under way, and would keep a process alive that has nothing else to do: its sockets count only
 * until the first answers are in.
 */
export function createIdleAgent(secure: boolean): IdleAgent {
  const agent: Agent = new (secure ? SecureAgent : Agent)({ keepAlive: true });
  const sockets = new Set<Duplex & Holdable>();
  let isHeld = true;

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
    release() {
      isHeld = false;
      for (const socket of sockets) socket.unref?.();
    },
    close: () => agent.destroy(),
  };
}
