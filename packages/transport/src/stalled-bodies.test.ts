import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, it } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { HeaderMap, type Outcome, type RequestBody, type ResponseOutcome } from "@intramesh/core";
import { createEndpointPools, type EndpointPools } from "./endpoint-pools.ts";
import { createFetch } from "./face/fetch.ts";
import { abortExchange, HttpExchange } from "./http-exchange.ts";
import { emptyBody, streamBody } from "./request-body.ts";
import { directFace } from "./testing/direct-face.ts";
import { startUpstream } from "./testing/upstream.ts";

const idleTimeoutMs = 300;

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<number> {
  const upstream = await startUpstream(listener);
  closing.push(() => upstream.close());
  return upstream.port;
}

function pools(timeoutMs: number = idleTimeoutMs): EndpointPools {
  const created = createEndpointPools(undefined, timeoutMs);
  closing.push(() => {
    const closed = created.close();
    created.destroy();
    return closed;
  });
  return created;
}

function exchangeTo(port: number, body: RequestBody = emptyBody): HttpExchange {
  const target = { scheme: "http", authority: `127.0.0.1:${port}`, host: "127.0.0.1", port };
  return new HttpExchange(body === emptyBody ? "GET" : "POST", target, "/", new HeaderMap(), body, 0);
}

function responseOf(outcome: Outcome): ResponseOutcome {
  assert.ok(outcome.kind === "response", `no response: ${JSON.stringify(outcome)}`);
  return outcome;
}

/** How a body ends whose chunks go nowhere. */
function endOf({ body }: ResponseOutcome): Promise<Error | "end"> {
  return new Promise((resolve) => {
    body.deliver({ chunk: () => undefined, end: () => resolve("end"), fail: resolve });
  });
}

function settled({ body }: ResponseOutcome): Promise<void> {
  return new Promise((resolve) => body.onSettled(resolve));
}

describe("a response body", () => {
  const half: RequestListener = (_request, response) => void response.write("half");

  it("that stalls is broken off with flag SI", async () => {
    const exchange = exchangeTo(await serve(half));
    const response = responseOf(await pools().passthrough.send(exchange));
    const end = await endOf(response);
    assert.ok(end instanceof Error && "code" in end && end.code === "UND_ERR_BODY_TIMEOUT", String(end));
    await settled(response);
    assert.deepEqual(exchange.flags, ["SI"]);
  });

  it("that nobody takes is broken off with flag SI", async () => {
    const exchange = exchangeTo(await serve((_request, response) => void response.end(Buffer.alloc(4_000_000))));
    await settled(responseOf(await pools().passthrough.send(exchange)));
    assert.deepEqual(exchange.flags, ["SI"]);
  });

  it("that moves, however slowly, goes on", async () => {
    const port = await serve(async (_request, response) => {
      for (let chunk = 0; chunk < 6; chunk += 1) {
        response.write(".");
        await passed(250);
      }
      response.end();
    });
    const exchange = exchangeTo(port);
    assert.equal(await endOf(responseOf(await pools(1_000).passthrough.send(exchange))), "end");
    assert.deepEqual(exchange.flags, []);
  });

  it("that a timeout cuts short has flag UT, one that its caller leaves DC, one whose server hangs up UC", async () => {
    const port = await serve(half);
    const { passthrough } = pools();
    const late = exchangeTo(port);
    const left = exchangeTo(port);
    const dead = exchangeTo(await serve((request, response) => response.write("half", () => request.socket.destroy())));
    const responses = await Promise.all(
      [late, left, dead].map(async (each) => responseOf(await passthrough.send(each))),
    );
    abortExchange(late, { kind: "timeout", perTry: false });
    abortExchange(left, { kind: "caller", cause: new Error("no time") });
    await Promise.all(responses.map(settled));
    assert.deepEqual([late.flags, left.flags, dead.flags], [["UT"], ["DC"], ["UC"]]);
  });

  it("that hangs as the pools are closed is broken off by destroy, and close resolves", async () => {
    const created = createEndpointPools(undefined, 0);
    const port = await serve(half);
    const endpoint = { id: "one", address: "127.0.0.1", port, labels: {}, locality: "", instance: "", weight: 1 };
    const options = { tls: false, serverName: "one", connectTimeoutMs: 1_000 };
    const ways = [created.passthrough, created.connect(endpoint, options)];
    const responses = await Promise.all(ways.map(async (way) => responseOf(await way.send(exchangeTo(port)))));
    const closed = created.close();
    created.destroy();
    for (const response of responses) assert.ok((await endOf(response)) instanceof Error);
    await closed;
  });
});

describe("a request body", () => {
  /** Yields once and never again. */
  function stalling(): ReadableStream<Uint8Array> & { readonly cancelled: Promise<unknown> } {
    let cancel: (reason: unknown) => void;
    const cancelled = new Promise((resolve) => (cancel = resolve));
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from("half")),
      cancel: (reason) => cancel(reason),
    });
    return Object.assign(stream, { cancelled });
  }

  it("that stalls ends the request before its head: reset by stream idle timeout", async () => {
    const body = streamBody(stalling());
    const outcome = await pools().passthrough.send(exchangeTo(await serve((request) => request.resume()), body));
    assert.equal(outcome.kind === "reset" && outcome.reason, "stream idle timeout");
  });

  it("that the upstream does not read ends it likewise", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield new Uint8Array(65_536);
    }
    const port = await serve((request) => request.pause());
    const outcome = await pools().passthrough.send(exchangeTo(port, streamBody(endless(), 0)));
    assert.equal(outcome.kind === "reset" && outcome.reason, "stream idle timeout");
  });

  const early: RequestListener = (_request, response) => {
    response.statusCode = 413;
    response.end();
  };

  /** Sends the body to an upstream that answers without reading it. */
  async function refused(body: unknown): Promise<void> {
    const { face, pools: created } = directFace();
    closing.push(() => created.close());
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    const response = await createFetch(face)(`http://127.0.0.1:${await serve(early)}/`, init);
    assert.equal(response.status, 413);
    await response.text();
  }

  it("that is a ReadableStream is cancelled when the answer comes early", async () => {
    const body = stalling();
    await refused(body);
    assert.match(String(await body.cancelled), /answered before its body was sent/);
  });

  it("that is a Node stream is destroyed when the answer comes early", async () => {
    const body = new Readable({ read: () => undefined });
    body.push("half");
    const closed = once(body, "close");
    await refused(body);
    await closed;
    assert.equal(body.destroyed, true);
  });

  it("that is a generator is returned when the answer comes early", async () => {
    let returned: () => void;
    const done = new Promise<void>((resolve) => (returned = resolve));
    async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield Buffer.from("half");
          await passed(5);
        }
      } finally {
        returned();
      }
    }
    await refused(chunks());
    await done;
  });

  it("is let go of where no connection comes about", async () => {
    const { face, pools: created } = directFace();
    closing.push(() => created.close());
    const body = stalling();
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    await assert.rejects(createFetch(face)("http://127.0.0.1:1/", init));
    await body.cancelled;
  });
});

describe("an idle connection that its server has closed", () => {
  it("takes no request where the close has arrived: not one POST of 100 is lost", async () => {
    const server = createServer((request, response) => void request.resume().on("end", () => response.end("ok")));
    server.keepAliveTimeout = 0;
    let latest: Socket | undefined;
    server.on("connection", (socket) => {
      latest = socket;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const { passthrough } = pools();
    for (let round = 0; round < 100; round += 1) {
      const response = responseOf(await passthrough.send(exchangeTo(port, streamBody(["x"]))));
      assert.equal(await endOf(response), "end");
      latest!.end();
      // The FIN has left; nobody has looked for it yet.
      await once(latest!, "finish");
    }
  });
});
