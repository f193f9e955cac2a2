import assert from "node:assert/strict";
import { test } from "node:test";
import { rule, runCommand, startBench } from "./testing/run-command.ts";

test("validate says of each file whether the registry would take it, and needs none", async (t) => {
  const { file } = await startBench(t);
  const [good, bad] = [file("good.yaml", rule("reviews")), file("bad.yaml", rule("reviews").replace("http:", "htp:"))];
  const fine = await runCommand(["validate", good]);
  assert.deepEqual([fine.code, fine.out, fine.err], [0, `"${good}" is valid\n`, ""]);
  const mixed = await runCommand(["validate", "-f", good, "-f", bad]);
  assert.equal(mixed.code, 1);
  assert.ok(mixed.out.startsWith(`"${good}" is valid\n"${bad}" is not valid\n\nError [IST0106]`), mixed.out);
  assert.match(mixed.out, /bad\.yaml:8\) spec\.htp: /);
  const [finding] = JSON.parse((await runCommand(["validate", bad, "-o", "json"])).out);
  assert.deepEqual([finding.code, finding.line, finding.file], ["IST0106", 8, bad]);
});

test("validate reads stdin, tells a file that is no YAML, and asks for one", async () => {
  const piped = await runCommand(["validate", "-"], { stdin: rule("reviews") });
  assert.deepEqual([piped.code, piped.out], [0, '"stdin" is valid\n']);
  const broken = await runCommand(["validate", "-"], { stdin: "a: [" });
  assert.equal(broken.code, 1);
  assert.match(broken.out, /^"stdin" is not valid\n/);
  assert.equal((await runCommand(["validate"])).code, 2);
});
