import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, describe, it } from "node:test";
import { seededRandom } from "@intramesh/core";
import { FakeClock } from "@intramesh/testing";
import { createMesh } from "./create-mesh.ts";
import { createFixture, echo, pushSource, service } from "./testing/mesh-fixture.ts";

const fixture = createFixture();

describe("close of a mesh", () => {
  after(() => fixture.end());

  it("lets no time pass where nothing was registered and nothing runs, and gives the same promise again", async () => {
    const clock = new FakeClock();
    const mesh = await fixture.mesh([], { system: { clock, scheduler: clock } });
    const closing = mesh.close();
    assert.equal(mesh.close(), closing);
    await closing;
    assert.equal(clock.now(), 0);
  });

  it("leaves no listener for signals behind", async () => {
    const counts = (): number => process.listenerCount("SIGTERM") + process.listenerCount("SIGINT");
    const before = counts();
    const meshes = [await fixture.mesh([]), await fixture.mesh([])];
    await fixture.mesh([], { handleSignals: false }).then((mesh) => mesh.close());
    await Promise.all(meshes.map((mesh) => mesh.close()));
    assert.ok(counts() <= before, `${counts()} listeners`);
  });

  it("lets running handlers call out and answer, takes no new connection meanwhile, refuses calls after it", async () => {
    const ratings = await fixture.server(echo("ratings"));
    const mesh = await fixture.mesh(service("ratings", { v1: ratings }));
    const { promise: arrived, resolve: arrive } = promiseByHand();
    const { promise: told, resolve: tell } = promiseByHand();
    const port = await fixture.server(
      mesh.listener(async (_request, response) => {
        arrive();
        await told;
        const answer = await mesh.fetch("http://ratings/late");
        response.end(await answer.text());
      }),
    );
    const answer = fetch(`http://127.0.0.1:${port}/`);
    await arrived;
    const closed = mesh.close();
    // Leaving the registry, which there is none of, takes a turn.
    await new Promise((resolve) => setImmediate(resolve));
    const refused = connect(port, "127.0.0.1");
    const [error] = (await once(refused, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNREFUSED");
    tell();
    const response = await answer;
    assert.equal(response.headers.get("connection"), "close");
    assert.equal(((await response.json()) as { readonly url: string }).url, "/late");
    await closed;
    await assert.rejects(mesh.fetch("http://ratings/"), { code: "MESH_CLOSED" });
  });

  it("waits for calls that no handler makes as long as the drain timeout, then breaks them off", async () => {
    const silent = await fixture.server((request, response) => {
      if (request.url === "/half") response.write("half");
    });
    const mesh = await fixture.mesh(service("silent", { v1: silent }), { drainTimeoutMs: 20 });
    const call = mesh.fetch("http://silent/");
    const half = await mesh.fetch("http://silent/half");
    await mesh.close();
    const response = await call;
    assert.deepEqual([response.status, response.headers.get("x-intramesh-response-flags")], [503, "LR"]);
    await assert.rejects(half.text(), TypeError);
  });

  for (const option of ["drainDelayMs", "drainTimeoutMs", "bodyIdleTimeoutMs"] as const) {
    it(`refuses a ${option} that is no time, by name`, async () => {
      await assert.rejects(createMesh({ sources: [pushSource()], [option]: -1 }), {
        code: "MESH_BAD_OPTION",
        message: `option ${option} is -1; it must be a number of milliseconds, 0 or more`,
      });
    });
  }

  it("leaves the registry first and serves on until the drain delay is over", async () => {
    const { promise: left, resolve: leave } = promiseByHand();
    const registry = await fixture.server((request, response) => answerAsRegistry(request.method, response, leave));
    const clock = new FakeClock();
    const server = createServer().listen(0, "127.0.0.1");
    fixture.onServer(server);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const mesh = await createMesh({
      service: { name: "reviews", port },
      registry: `http://127.0.0.1:${registry}`,
      sources: [pushSource()],
      drainDelayMs: 300,
      logger: { warn: () => undefined },
      system: { clock, scheduler: clock, random: seededRandom(1) },
    });
    server.on(
      "request",
      mesh.listener((_request, response) => response.end("served")),
    );
    await new Promise<void>((resolve) => mesh.on("registered", () => resolve()));
    const url = `http://127.0.0.1:${port}/`;
    assert.equal((await fetch(url)).headers.get("connection"), "keep-alive");

    const closed = mesh.close();
    await left;
    // The mesh reads the registry's answer after it was sent: from then on responses close their connections.
    while ((await fetch(url)).headers.get("connection") !== "close");
    assert.equal(await (await fetch(url)).text(), "served");
    clock.advance(300);
    await closed;
    await assert.rejects(fetch(url));
  });
});

/** Knows instances and nothing else. */
function answerAsRegistry(method: string | undefined, response: ServerResponse, leave: () => void): void {
  response.statusCode = method === "PUT" || method === "DELETE" ? 200 : 404;
  response.end(JSON.stringify({ ttlSeconds: 30, renewSeconds: 10, revision: 1 }));
  if (method === "DELETE") leave();
}

/** A promise to be resolved by hand. */
function promiseByHand(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((given) => {
    resolve = given;
  });
  return { promise, resolve: () => resolve() };
}
