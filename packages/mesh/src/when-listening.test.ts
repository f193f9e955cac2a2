import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { FakeClock } from "@intramesh/testing";
import { whenListening } from "./when-listening.ts";

test("tells of a server that listens already", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const probe = whenListening("127.0.0.1", (server.address() as AddressInfo).port, new FakeClock());
  assert.equal(await probe.first, true);
  await probe.listening;
});

test("looks again until something listens, and no more once it is stopped", async (t) => {
  const clock = new FakeClock();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const probe = whenListening("127.0.0.1", port, clock);
  const stopped = whenListening("127.0.0.1", port, clock);
  assert.deepEqual([await probe.first, await stopped.first], [false, false]);
  stopped.stop();
  assert.equal(clock.pending, 1);
  server.listen(port, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  clock.advance(100);
  await probe.listening;
});

test("says nothing where it is stopped during a look", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const probe = whenListening("127.0.0.1", (server.address() as AddressInfo).port, new FakeClock());
  probe.stop();
  assert.equal(await probe.first, false);
});
