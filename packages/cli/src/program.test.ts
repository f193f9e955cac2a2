import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { runCommand, service, startCommand, temporaryFolder } from "./testing/run-command.ts";

test("a kind that nobody knows is named with those that are known, and the likely one", async () => {
  const near = await runCommand(["get", "virtualservcie"]);
  assert.equal(near.code, 2);
  assert.match(
    near.err,
    /^error: "virtualservcie" is not a kind .* Did you mean VirtualService\? Known are VirtualService, /,
  );
  const far = await runCommand(["get", "pods"]);
  assert.doesNotMatch(far.err, /Did you mean/);
});

test("a command line that makes no sense ends with 2", async () => {
  for (const args of [
    ["frob"],
    ["apply"],
    ["get"],
    ["get", "vs", "-o", "xml"],
    ["delete", "vs"],
    ["explain", "reviews"],
    [],
  ]) {
    const { code, out } = await runCommand(args);
    assert.deepEqual([code, out], [2, ""], args.join(" "));
  }
  assert.equal((await runCommand(["registry", "--port", "seventy"])).code, 2);
});

test("help and version are fine", async () => {
  const help = await runCommand(["--help"]);
  assert.equal(help.code, 0);
  for (const name of ["registry", "apply", "get", "delete", "explain", "analyze", "version"]) {
    assert.match(help.out, new RegExp(`^  ${name}\\b`, "m"));
  }
  assert.match((await runCommand(["--version"])).out, /^\d+\.\d+\.\d+\n$/);
});

test("a registry that cannot be reached ends with 3, its URL and how to start one", async () => {
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port } = free.address() as { port: number };
  free.close();
  const url = `http://127.0.0.1:${port}`;
  for (const args of [["get", "vs"], ["explain", "http://reviews/"], ["analyze"]]) {
    const { code, err } = await runCommand([...args, "--registry", url]);
    assert.equal(code, 3);
    assert.match(err, new RegExp(`the registry at ${url} cannot be reached \\(ECONNREFUSED\\)\nStart one with`));
  }
  const version = await runCommand(["version", "-o", "json"], { env: { INTRAMESH_REGISTRY: url } });
  assert.equal(version.code, 0);
  assert.equal(JSON.parse(version.out).registry, null);
});

test("the registry that the command starts takes writes with its token only, and stops at SIGINT", async (t) => {
  const folder = temporaryFolder(t);
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "secret");
  const child = startCommand(["registry", "--port", "0", "--data", join(folder, "data"), "--token-file", tokenFile]);
  t.after(() => child.kill("SIGKILL"));
  const { value } = await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
  const [, url, data] = /^registry listening on (\S+), data in (.+)$/.exec(value ?? "")!;
  assert.equal(data, join(folder, "data"));
  const apply = (token: readonly string[]): ReturnType<typeof runCommand> =>
    runCommand(["apply", "-f", "-", "--registry", url!, ...token], { stdin: service("a") });
  const refused = await apply([]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /Error from server \(Unauthorized\): writes need the registry's token/);
  assert.equal((await apply(["--token", "secret"])).out, "service/a created\n");
  const version = await runCommand(["version", "--registry", url!]);
  assert.match(version.out, /^client: \d+\.\d+\.\d+\nregistry: \d+\.\d+\.\d+\n$/);
  const ended = once(child, "exit");
  child.kill("SIGINT");
  assert.deepEqual(await ended, [0, null]);
});
