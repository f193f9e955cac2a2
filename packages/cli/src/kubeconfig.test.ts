import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand, temporaryFolder } from "./testing/run-command.ts";

test("kubeconfig names the registry, a context and its namespace", async () => {
  const { code, out, err } = await runCommand(["kubeconfig", "--registry", "http://127.0.0.1:7071/", "-n", "shop"]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^ {4}server: "http:\/\/127\.0\.0\.1:7071"$/m);
  assert.match(out, /^ {4}namespace: "shop"$/m);
  assert.match(out, /^current-context: intramesh$/m);
});

test("the token is in the kubeconfig of an https registry, for its owner to read", async (t) => {
  const folder = temporaryFolder(t);
  const [file, authority] = [join(folder, "config"), join(folder, "ca.pem")];
  const args = ["kubeconfig", "--registry", "https://registry.example", "--token", 'a"b', "--file", file];
  const missing = await runCommand([...args, "--certificate-authority", authority]);
  assert.equal(missing.code, 2);
  assert.match(missing.err, /--certificate-authority \S+ca\.pem cannot be read/);
  assert.equal((await runCommand(args)).code, 0);
  assert.match(readFileSync(file, "utf8"), /^ {2}user: \{ token: "a\\"b" \}$/m);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test("the token is left out over http, where kubectl would not send it", async () => {
  const { code, out, err } = await runCommand(["kubeconfig", "--token", "secret"]);
  assert.equal(code, 0);
  assert.doesNotMatch(out, /secret/);
  assert.match(err, /^warning: the token is left out: kubectl sends none over http/);
});

test("a file that is there is written over only when asked to", async (t) => {
  const file = join(temporaryFolder(t), "config");
  const args = ["kubeconfig", "--file", file];
  assert.equal((await runCommand(args)).code, 0);
  const again = await runCommand(args);
  assert.equal(again.code, 2);
  assert.match(again.err, /is there already: choose another --file, or write over it with --force/);
  assert.equal((await runCommand([...args, "--force"])).code, 0);
});
