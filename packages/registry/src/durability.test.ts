import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { instancePath } from "@intramesh/discovery";
import { FakeClock } from "@intramesh/testing";
import { startTestRegistry, virtualService } from "./testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-registry-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("resources, epoch and history are there again after a restart", async (t) => {
  const data = temporaryFolder(t);
  const first = await startTestRegistry(t, { data });
  const created = await first.ask("POST", rules, virtualService("a"));
  const epoch = (await fetch(`${first.url}/mesh/v1/watch?since=3`)).headers.get("x-intramesh-epoch");
  await first.ask("POST", rules, virtualService("b"));
  await first.close();
  const second = await startTestRegistry(t, { data });
  assert.deepEqual((await second.ask("GET", `${rules}/a`)).body, created.body);
  const events = await second.lines("/mesh/v1/watch?since=3", { "x-intramesh-epoch": epoch! });
  assert.equal((await events.next()).value.type, "RESUME");
  assert.equal((await events.next()).value.object.metadata.name, "b");
  assert.equal((await second.ask("POST", rules, virtualService("c"))).body.metadata.resourceVersion, "5");
});

test("every stored instance gets one full lease after a restart, and its next renewal is none the wiser", async (t) => {
  const data = temporaryFolder(t);
  const first = await startTestRegistry(t, { data });
  await first.register("reviews", "r1", { session: "s" });
  await first.register("reviews", "r2", { session: "s" });
  first.clock.advance(25_000);
  await first.close();
  const clock = new FakeClock();
  const second = await startTestRegistry(t, { data, clock, scheduler: clock });
  clock.advance(25_000);
  const renewed = await second.register("reviews", "r1", { session: "s" });
  assert.deepEqual([renewed.status, renewed.body.revision], [200, 3]);
  clock.advance(6_000);
  assert.equal((await second.ask("GET", instancePath("default", "reviews", "r2"))).status, 404);
  assert.equal((await second.ask("GET", instancePath("default", "reviews", "r1"))).status, 200);
});

test("a process that was taken over before a restart is told so after it", async (t) => {
  const data = temporaryFolder(t);
  const first = await startTestRegistry(t, { data });
  await first.register("reviews", "r1", { session: "old" });
  await first.register("reviews", "r1", { session: "new" });
  await first.close();
  const second = await startTestRegistry(t, { data });
  assert.equal((await second.register("reviews", "r1", { session: "old" })).status, 409);
  assert.equal((await second.register("reviews", "r1", { session: "new" })).status, 200);
});

/** The program as it is, in a process of its own. */
function startProgram(
  t: TestContext,
  data: string,
  port: number,
): { child: ChildProcess; lines: AsyncIterator<string> } {
  const program = `import { runRegistry } from "@intramesh/registry/bin";
    process.exitCode = await runRegistry({ port: ${port}, data: ${JSON.stringify(data)} });`;
  const flags = ["--conditions=@intramesh/source", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, flags, { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
}

async function listening(lines: AsyncIterator<string>): Promise<string> {
  const { value } = await lines.next();
  return /^registry listening on (http:\/\/\S+), data in .+$/.exec(value)![1]!;
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

test("what was acknowledged before kill -9 is there afterwards", async (t) => {
  const data = temporaryFolder(t);
  const first = startProgram(t, data, 0);
  const url = await listening(first.lines);
  const acknowledged = new Set<string>();
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; ; index++) {
      const name = `v${writer}-${index}`;
      const body = JSON.stringify(virtualService(name));
      const { status } = await fetch(url + rules, { method: "POST", body });
      if (status === 201) acknowledged.add(name);
      if (acknowledged.size === 100) first.child.kill("SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, (_, writer) => write(writer)));
  assert.ok(acknowledged.size >= 100);
  const second = await startTestRegistry(t, { data });
  const { items } = (await second.ask("GET", rules)).body;
  const kept = new Set(items.map(({ metadata }: { metadata: { name: string } }) => metadata.name));
  assert.deepEqual(
    [...acknowledged].filter((name) => !kept.has(name)),
    [],
  );
});

test("the program stops cleanly on SIGTERM, with a watch open", async (t) => {
  const { child, lines } = startProgram(t, temporaryFolder(t), 0);
  const url = await listening(lines);
  const watch = await fetch(`${url}/mesh/v1/watch`);
  const code = exitCode(child);
  child.kill("SIGTERM");
  assert.equal(await code, 0);
  assert.match(await watch.text(), /BOOKMARK/);
});

test("the program names a port that is taken", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const { child } = startProgram(t, ":memory:", port);
  let text = "";
  child.stderr!.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  assert.equal(await exitCode(child), 1);
  assert.equal(
    text,
    `intramesh registry: port ${port} is taken by another program: stop that one, or choose another port with --port\n`,
  );
});
