import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { after, describe, it } from "node:test";

const register = new URL("./register.ts", import.meta.url).href;

/** A program that knows nothing of the mesh. */
const program = `
  import { createServer } from "node:http";
  createServer((request, response) => response.end("served")).listen(0, "127.0.0.1");
`;

interface Call {
  readonly method: string;
  readonly body: string;
}

/** Takes registrations, knows nothing else, and tells of every call about an instance. */
const registry = createServer(async (request, response) => {
  const isInstance = request.url?.includes("/instances/") === true;
  const body = await text(request);
  response.statusCode = isInstance ? 200 : 404;
  response.end(JSON.stringify({ ttlSeconds: 30, renewSeconds: 10, revision: 1 }));
  if (isInstance) registry.emit("call", { method: request.method, body });
});

async function nextCall(): Promise<Call> {
  const [call] = (await once(registry, "call")) as [Call];
  return call;
}

async function start(source: string, env: Readonly<Record<string, string>> = {}): Promise<ReturnType<typeof spawn>> {
  if (!registry.listening) {
    registry.listen(0, "127.0.0.1");
    await once(registry, "listening");
  }
  const { port } = registry.address() as AddressInfo;
  const args = ["--conditions=@intramesh/source", "--import", register, "--input-type=module", "-e", source];
  return spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      INTRAMESH_REGISTRY: `http://127.0.0.1:${port}`,
      INTRAMESH_SERVICE: "unaware",
      INTRAMESH_HEALTH_PATH: "/health",
      INTRAMESH_DRAIN_DELAY_MS: "50",
      INTRAMESH_STATE_DIR: tmpdir(),
      ...env,
    },
  });
}

describe("intramesh/register", { concurrency: false }, () => {
  after(() => {
    registry.closeAllConnections();
    registry.close();
  });

  it("advertises a program when it listens, takes it out at SIGTERM, and ends it as the signal does", async () => {
    const registered = nextCall();
    const child = await start(program);
    const ended = once(child, "exit");
    const { method, body } = await registered;
    assert.equal(method, "PUT");
    assert.deepEqual(JSON.parse(body).healthCheck, { path: "/health" });
    const left = nextCall();
    child.kill("SIGTERM");
    assert.equal((await left).method, "DELETE");
    assert.deepEqual(await ended, [null, "SIGTERM"]);
  });

  it("advertises the program's server, not the admin port that listens before it", async (t) => {
    const registered = nextCall();
    const child = await start(program, { INTRAMESH_ADMIN_PORT: "0" });
    t.after(() => child.kill("SIGKILL"));
    const { ports } = JSON.parse((await registered).body);
    assert.equal(await (await fetch(`http://127.0.0.1:${ports.http}/`)).text(), "served");
  });

  it("says that the admin port is taken, and goes on", async (t) => {
    const taken = createServer().listen(0, "127.0.0.1");
    t.after(() => taken.close());
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const registered = nextCall();
    const child = await start(program, { INTRAMESH_ADMIN_PORT: String(port) });
    t.after(() => child.kill("SIGKILL"));
    let said = "";
    for await (const chunk of child.stderr!) {
      said += String(chunk);
      if (said.includes(`127.0.0.1:${port}`)) break;
    }
    assert.match(said, new RegExp(`^intramesh: option adminPort is ${port}; it must be a port that is free`, "m"));
    assert.equal((await registered).method, "PUT");
  });

  it("takes a program out that has a handler of its own, and leaves the end to that", async () => {
    const registered = nextCall();
    const handlers = 'process.on("SIGTERM", () => {}); process.on("SIGUSR2", () => process.exit(3));';
    const child = await start(program + handlers);
    const ended = once(child, "exit");
    await registered;
    const left = nextCall();
    child.kill("SIGTERM");
    assert.equal((await left).method, "DELETE");
    child.kill("SIGUSR2");
    assert.deepEqual(await ended, [3, null]);
  });
});

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
