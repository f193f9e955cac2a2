import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { systemScheduler } from "./system-clock.ts";

/** Keeps the event loop busy. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe("system scheduler", () => {
  let server: Server;
  let near: Socket;
  let far: Socket;

  before(async () => {
    server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    near = connect((server.address() as AddressInfo).port, "127.0.0.1");
    [far] = (await once(server, "connection")) as [Socket];
  });

  after(() => {
    near.destroy();
    far.destroy();
    server.close();
  });

  it("lets what came while the process stood still be read before a late task, which it may cancel", async () => {
    let late = false;
    const cancel = systemScheduler.after(10, () => {
      late = true;
    });
    const read = once(near, "data").then(cancel);
    far.write("answer");
    block(200);
    await read;
    // A timer of this process that is due after the late one.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(late, false);
  });

  it("runs a late task that nothing cancels", async () => {
    const ran = new Promise<void>((resolve) => systemScheduler.after(10, resolve));
    block(200);
    await ran;
  });
});
