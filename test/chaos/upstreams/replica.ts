import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Behaviour, Command, Reply, SeenRequest } from "./behaviour.ts";

/*
 * One replica of a service, told over IPC how to behave. Arguments: name, backlog of its listening socket, and after how
 * many ms it closes idle connections (0: never).
 */
const [name = "replica", backlog = "511", idleMs = "0"] = process.argv.slice(2);

let behaviour: Behaviour = { kind: "answer" };
let requests: SeenRequest[] = [];
let connections = 0;
const numbers = new Map<Socket, number>();

const server = createServer((request, response) => {
  requests.push({
    id: String(request.headers["x-id"] ?? ""),
    method: request.method ?? "",
    atMs: Date.now(),
    connection: numbers.get(request.socket) ?? 0,
  });
  void behave(behaviour, request, response);
});
// How idle connections end is said by the argument, and not announced to the client.
server.keepAliveTimeout = 0;
server.on("connection", (socket) => {
  connections += 1;
  numbers.set(socket, connections);
  socket.on("error", () => undefined);
  socket.on("close", () => numbers.delete(socket));
});
server.listen({ port: 0, host: "127.0.0.1", backlog: Number(backlog) }, () =>
  tell({ listening: (server.address() as AddressInfo).port }),
);

async function behave(how: Behaviour, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { socket } = request;
  switch (how.kind) {
    case "answer":
      await drain(request);
      if (how.delayMs !== undefined) await delay(how.delayMs);
      response.writeHead(how.status ?? 200, { "x-replica": name, ...how.headers });
      response.end(how.body ?? name);
      if (Number(idleMs) > 0) response.once("finish", () => endWhenIdle(socket));
      return;
    case "hang":
      request.resume();
      return;
    case "reset":
      socket.resetAndDestroy();
      return;
    case "drip": {
      request.resume();
      response.writeHead(200);
      const timer = setInterval(() => response.write("."), how.everyMs);
      response.once("close", () => clearInterval(timer));
      return;
    }
    case "half-body":
      request.resume();
      response.writeHead(200, how.framing === "chunked" ? {} : { "content-length": how.bytes * 2 });
      response.write("x".repeat(how.bytes));
      return;
    case "deaf":
      request.pause();
      return;
    case "early":
      if (how.reads) request.resume();
      else request.pause();
      response.writeHead(how.status, { "x-replica": name });
      response.end("enough");
      return;
    case "raw":
      request.resume();
      await writeRaw(socket, how);
  }
}

async function writeRaw(socket: Socket, how: Extract<Behaviour, { kind: "raw" }>): Promise<void> {
  const bytes = Buffer.from(how.bytes, "base64");
  for (let turn = 0; turn < (how.times ?? 1) && socket.writable; turn += 1) {
    if (!socket.write(bytes)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
  }
  if (how.last !== undefined && socket.writable) socket.write(Buffer.from(how.last, "base64"));
}

function once(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

function drain(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => request.resume().once("close", resolve).once("end", resolve));
}

function endWhenIdle(socket: Socket): void {
  const timer = setTimeout(() => socket.end(), Number(idleMs));
  socket.once("data", () => clearTimeout(timer));
}

function tell(reply: Reply): void {
  process.send?.(reply);
}

process.on("message", (command: Command) => {
  const { number } = command;
  if (command.ask === "behave") behaviour = command.behaviour;
  if (command.ask === "forget") requests = [];
  if (command.ask !== "seen") return tell({ number });
  const open = [...numbers.keys()];
  const bytesRead = open.reduce((sum, socket) => sum + socket.bytesRead, 0);
  tell({ number, seen: { requests, connections, openConnections: open.length, bytesRead } });
});
process.on("disconnect", () => process.exit());
