import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, it } from "node:test";
import { type Endpoint, HeaderMap, type Outcome } from "@intramesh/core";
import { createEndpointPools, type EndpointPools } from "./endpoint-pools.ts";
import { abortExchange, HttpExchange } from "./http-exchange.ts";
import type { Connection } from "./pooled-connection.ts";
import { emptyBody } from "./request-body.ts";
import { startUpstream, type Upstream } from "./testing/upstream.ts";

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function pools(): EndpointPools {
  const created = createEndpointPools();
  closing.push(() => created.close());
  return created;
}

async function upstream(listener: Parameters<typeof startUpstream>[0]): Promise<Upstream> {
  const started = await startUpstream(listener);
  closing.push(() => started.close());
  return started;
}

function connectionTo(port: number, connectTimeoutMs = 1_000): Connection {
  const endpoint: Endpoint = {
    id: `127.0.0.1:${port}`,
    address: "127.0.0.1",
    port,
    labels: {},
    locality: "",
    instance: "",
    weight: 1,
  };
  return pools().connect(endpoint, { tls: false, serverName: "reviews", connectTimeoutMs });
}

function exchange(path = "/"): HttpExchange {
  const target = { scheme: "http", authority: "reviews", host: "reviews", port: 80 };
  return new HttpExchange("GET", target, path, new HeaderMap(), emptyBody, 0);
}

async function statusOf(sent: Promise<Outcome>): Promise<number | string> {
  const outcome = await sent;
  if (outcome.kind === "reset") return outcome.reason;
  await new Promise<void>((resolve) => {
    outcome.body.onSettled(resolve);
    outcome.body.discard();
  });
  return outcome.status;
}

/** A process that listens, takes nothing, and has no room left for who waits: the kernel drops every further SYN. */
async function unreachablePort(): Promise<number> {
  const program =
    "const s=require('node:net').createServer();s.listen({port:0,host:'127.0.0.1',backlog:1},()=>{console.log(s.address().port);})";
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  closing.push(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGSTOP");
  const port = Number(String(line));
  const waiting: Socket[] = [];
  closing.push(() => waiting.map((socket) => socket.destroy()));
  for (let taken = 0; taken < 2; taken += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    waiting.push(socket);
  }
  await Promise.all(waiting.map((socket) => once(socket, "connect")));
  return port;
}

describe("the pools of endpoints", () => {
  it("give up on a connection when connectTimeoutMs have passed, not a tick of half a second later", async () => {
    const port = await unreachablePort();
    const startedAt = performance.now();
    assert.equal(await statusOf(connectionTo(port, 60).send(exchange())), "connection timeout");
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 55 && tookMs < 400, `it took ${tookMs} ms`);
  });

  it("open new connections where an attempt timed out and nothing was heard meanwhile", async () => {
    const connections = new Set<unknown>();
    const { port } = await upstream((request, response) => {
      connections.add(request.socket);
      if (request.url !== "/silent") response.end("ok");
    });
    const connection = connectionTo(port);
    // Two at once make two connections.
    await Promise.all([connection.send(exchange()), connection.send(exchange())].map(statusOf));
    const before = connections.size;
    const silent = exchange("/silent");
    const sent = connection.send(silent);
    await eventLoopTurns();
    abortExchange(silent, { kind: "timeout", perTry: true });
    assert.equal(await statusOf(sent), "per try timeout");
    assert.equal(await statusOf(connection.send(exchange())), 200);
    assert.equal(connections.size, before + 1);
  });

  it("keep their connections where others were answered while an attempt timed out", async () => {
    const connections = new Map<string | undefined, Socket>();
    const { port } = await upstream((request, response) => {
      connections.set(request.url, request.socket);
      if (request.url !== "/silent") response.end("ok");
    });
    const connection = connectionTo(port);
    const silent = exchange("/silent");
    const sent = connection.send(silent);
    assert.equal(await statusOf(connection.send(exchange("/heard"))), 200);
    abortExchange(silent, { kind: "timeout", perTry: true });
    assert.equal(await statusOf(sent), "per try timeout");
    assert.equal(await statusOf(connection.send(exchange("/after"))), 200);
    assert.equal(connections.get("/heard")!.destroyed, false);
  });
});

/** Enough for a request to leave. */
async function eventLoopTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
