import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRegistry } from "@intramesh/registry";
import { rule, runCommand, temporaryFolder } from "./testing/run-command.ts";

test("backup saves a running registry, restore brings it back, where none runs", async (t) => {
  const folder = temporaryFolder(t);
  const [data, file] = [join(folder, "data"), join(folder, "backup.db")];
  const first = await createRegistry({ port: 0, data });
  t.after(() => first.close());
  const applied = await runCommand(["apply", "-f", "-", "--registry", first.url], { stdin: rule("reviews") });
  assert.equal(applied.code, 0, applied.err);
  const saved = await runCommand(["registry", "backup", "--data", data, file]);
  assert.deepEqual([saved.code, saved.err], [0, ""]);
  assert.equal(saved.out, `saved 3 resources at revision 3 to ${file}\n`);
  await runCommand(["delete", "vs", "reviews", "--registry", first.url]);

  const refused = await runCommand(["registry", "restore", "--data", data, file]);
  assert.deepEqual([refused.code, refused.out], [1, ""]);
  assert.match(
    refused.err,
    new RegExp(`^error: .*registry\\.db is in use by another registry, process ${process.pid}: `),
  );
  await first.close();
  // Before the subcommand it means the same.
  const restored = await runCommand(["registry", "--data", data, "restore", file]);
  assert.deepEqual([restored.code, restored.err], [0, ""]);
  assert.match(restored.out, /^restored 3 resources as of \S+Z, revision 3; what stood there is now .*\.former-\S+\n$/);

  const second = await createRegistry({ port: 0, data });
  t.after(() => second.close());
  const got = await runCommand(["get", "vs", "reviews", "-o", "name", "--registry", second.url]);
  assert.equal(got.out, "virtualservice.networking.istio.io/reviews\n");
});

test("a damaged store is refused with what to do about it, and repair keeps what is whole", async (t) => {
  const data = join(temporaryFolder(t), "data");
  const first = await createRegistry({ port: 0, data });
  await first.close();
  const path = join(data, "registry.db");
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('"name":"istio-system"') + 8]! ^= 1;
  writeFileSync(path, bytes);
  const started = await runCommand(["registry", "--port", "0", "--data", data]);
  assert.equal(started.code, 1);
  assert.match(started.err, /^intramesh registry: .*registry\.db is damaged: .* `intramesh registry repair`/);
  const repaired = await runCommand(["registry", "repair", "--data", data]);
  assert.deepEqual([repaired.code, repaired.err], [0, ""]);
  assert.match(
    repaired.out,
    /^kept 2 resources; records that are not whole, and left out: 0; the damaged file is now /,
  );
  assert.equal((await runCommand(["registry", "repair", "--data", data])).out, "nothing is damaged: 2 resources\n");
});

test("a backup of nowhere, or of nothing, says so", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "backup.db");
  const nowhere = await runCommand(["registry", "backup", "--data", join(folder, "no"), file]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.err, /^error: .*registry\.db does not exist: name the registry's data folder with --data\n$/);
  const nothing = await runCommand(["registry", "backup", "--data", ":memory:", file]);
  assert.deepEqual([nothing.code, existsSync(file)], [1, false]);
  assert.match(nothing.err, /--data :memory: keeps nothing/);
  assert.equal((await runCommand(["registry", "backup"])).code, 2);
});
