import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { ResourceSource } from "@intramesh/discovery";
import { FakeClock } from "@intramesh/testing";
import { type Advertisement, createAdvertisement } from "./advertisement.ts";
import { resolveOptions } from "./options.ts";
import type { ServiceOptions } from "./service-options.ts";

interface Scene {
  readonly advertisement: Advertisement;
  readonly clock: FakeClock;
  /** Ports that were announced. */
  readonly announced: number[];
  readonly warnings: string[];
}

/** An advertisement to a source that takes instances. */
function start(t: TestContext, service: ServiceOptions): Scene {
  const clock = new FakeClock();
  const announced: number[] = [];
  const warnings: string[] = [];
  const source: ResourceSource = {
    name: "test",
    start: () => undefined,
    register({ registration }) {
      announced.push(registration.ports["http"]!);
      return { ready: async () => undefined, close: async () => undefined };
    },
    close: async () => undefined,
  };
  const options = resolveOptions(
    {
      service: { name: "reviews", ...service },
      sources: [source],
      logger: { warn: (message) => warnings.push(message) },
      system: { clock, scheduler: clock },
    },
    {},
  );
  const events = { registered: () => undefined, taken: () => undefined };
  const advertisement = createAdvertisement(options, {}, events);
  t.after(() => advertisement.close());
  return { advertisement, clock, announced, warnings };
}

async function listen(t: TestContext): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}

/** A port at which nothing listens. */
async function unusedPort(t: TestContext): Promise<number> {
  const { port, server } = await listen(t);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a server at another port than the service's is announced where nothing listens at that one", async (t) => {
  const service = await unusedPort(t);
  const { port } = await listen(t);
  const { advertisement, clock, announced } = start(t, { port: service });
  await advertisement.ready();
  advertisement.listensAt(port);
  clock.advance(1_000);
  await advertisement.ready();
  assert.deepEqual(announced, [port]);
});

test("the server at the service's port is announced, whichever listened first", async (t) => {
  const [own, other] = await Promise.all([listen(t), listen(t)]);
  const { advertisement, clock, announced } = start(t, { port: own.port });
  advertisement.listensAt(other.port);
  advertisement.listensAt(own.port);
  await advertisement.ready();
  clock.advance(1_000);
  await advertisement.ready();
  assert.deepEqual(announced, [own.port]);
});

test("a targetPort that was given is waited for", async (t) => {
  const targetPort = await unusedPort(t);
  const { port } = await listen(t);
  const { advertisement, clock, announced } = start(t, { port, targetPort });
  await advertisement.ready();
  advertisement.listensAt(port);
  clock.advance(1_000);
  await advertisement.ready();
  assert.deepEqual(announced, []);
});

test("a process at whose port nothing listens is told so once, with what to do", async (t) => {
  const port = await unusedPort(t);
  const { advertisement, clock, warnings } = start(t, { port });
  await advertisement.ready();
  clock.advance(10_000);
  clock.advance(10_000);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, new RegExp(`nothing accepts connections at 127.0.0.1:${port} .*INTRAMESH_TARGET_PORT`));
});
