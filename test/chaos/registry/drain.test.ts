import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { instancePath } from "@intramesh/discovery";
import { createRegistry } from "@intramesh/registry";
import { createMesh } from "intramesh";
import { eventually } from "../../support/eventually.ts";

/** Answers with its name; a request for `/slow` waits to be answered by the test. */
async function startInstance(
  t: TestContext,
  registry: string,
  id: string,
  onSlow: (id: string, response: ServerResponse) => void,
): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url === "/slow") onSlow(id, response);
    else response.end(id);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const body = JSON.stringify({ address: "127.0.0.1", ports: { http: port }, servicePorts: { http: 80 } });
  const answer = await fetch(registry + instancePath("default", "reviews", id), { method: "PUT", body });
  assert.equal(answer.status, 201);
}

test("a request that runs on an instance as it is drained ends well; no other goes there until it is back", async (t) => {
  const registry = await createRegistry({ port: 0, data: ":memory:" });
  t.after(() => registry.close());
  const slow = new EventEmitter<{ request: [id: string, response: ServerResponse] }>();
  for (const id of ["r1", "r2"]) {
    await startInstance(t, registry.url, id, (at, response) => slow.emit("request", at, response));
  }
  const stateDirectory = mkdtempSync(join(tmpdir(), "intramesh-drain-"));
  t.after(() => rmSync(stateDirectory, { recursive: true, force: true }));
  const caller = await createMesh({ service: { name: "caller" }, registry: registry.url, stateDirectory });
  t.after(() => caller.close());
  await caller.ready();
  const answering = async (): Promise<string> => {
    const answers = Array.from({ length: 20 }, async () => (await caller.fetch("http://reviews/")).text());
    return [...new Set(await Promise.all(answers))].sort().join();
  };
  assert.equal(await answering(), "r1,r2");

  const arrived = once(slow, "request") as Promise<[string, ServerResponse]>;
  const running = caller.fetch("http://reviews/slow");
  const [id, response] = await arrived;
  response.write("begun, ");
  const drain = `${registry.url}${instancePath("default", "reviews", id)}/drain`;
  assert.equal((await fetch(drain, { method: "POST" })).status, 200);
  const other = id === "r1" ? "r2" : "r1";
  await eventually("the other one has all calls", 5_000, async () => (await answering()) === other);
  response.end("ended");
  assert.equal(await (await running).text(), "begun, ended");
  assert.equal((await fetch(drain, { method: "DELETE" })).status, 200);
  await eventually("both have calls", 5_000, async () => (await answering()) === "r1,r2");
});
