import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Bench, type Run, rule, runCommand, startBench, temporaryFolder } from "./testing/run-command.ts";

interface Edit extends Run {
  /** What the editor was shown, each time. */
  readonly shown: readonly string[];
}

/**
 * Runs `edit` on VirtualService reviews with an editor that makes these changes, one at each opening, and leaves the file as
 * it is from then on; an empty `from` stands for the whole text.
 */
async function edit(
  t: TestContext,
  { url }: Bench,
  changes: readonly (readonly [from: string, to: string])[],
  also?: { readonly editor?: string },
): Promise<Edit> {
  const folder = temporaryFolder(t);
  const log = join(folder, "shown.json");
  writeFileSync(log, "[]");
  const program = join(folder, "editor.mjs");
  writeFileSync(
    program,
    `import { readFileSync, writeFileSync } from "node:fs";
const file = process.argv.at(-1);
const text = readFileSync(file, "utf8");
const shown = JSON.parse(readFileSync(${JSON.stringify(log)}, "utf8"));
const change = ${JSON.stringify(changes)}[shown.length];
writeFileSync(${JSON.stringify(log)}, JSON.stringify([...shown, text]));
if (change !== undefined) writeFileSync(file, change[0] === "" ? change[1] : text.replace(change[0], change[1]));
`,
  );
  const env = { INTRAMESH_REGISTRY: url, KUBE_EDITOR: also?.editor ?? `"${process.execPath}" "${program}"` };
  const run = await runCommand(["edit", "vs", "reviews"], { env });
  return { ...run, shown: JSON.parse(readFileSync(log, "utf8")) as string[] };
}

async function startWithRule(t: TestContext): Promise<Bench> {
  const bench = await startBench(t);
  await bench.run(["apply", "-f", "-"], rule("reviews"));
  return bench;
}

async function destinationOf({ run }: Bench): Promise<string> {
  const { out } = await run(["get", "vs", "reviews", "-o", "json"]);
  return JSON.parse(out).spec.http[0].route[0].destination.host;
}

test("edit saves what the editor leaves", async (t) => {
  const bench = await startWithRule(t);
  const { code, out, shown } = await edit(t, bench, [["        host: reviews", "        host: ratings"]]);
  assert.deepEqual([code, out], [0, "virtualservice.networking.istio.io/reviews edited\n"]);
  assert.equal(shown.length, 1);
  assert.match(shown[0]!, /^# Change the object below/);
  assert.doesNotMatch(shown[0]!, /managedFields|status:/);
  assert.equal(await destinationOf(bench), "ratings");
});

test("edit changes nothing where the file comes back as it was, or empty", async (t) => {
  const bench = await startWithRule(t);
  for (const changes of [[], [["", ""] as const]]) {
    const { code, out, err } = await edit(t, bench, changes);
    assert.deepEqual([code, out, err], [0, "", "Edit cancelled, no changes made.\n"]);
  }
});

test("edit opens the file again with what is wrong, until it is right", async (t) => {
  const bench = await startWithRule(t);
  const { code, shown } = await edit(t, bench, [
    ["  http:", "  http: ["],
    ["  http: [", "  htp:"],
    ["  htp:", "  http:"],
    ["        host: reviews", "        host: ratings"],
  ]);
  assert.equal(shown.length, 3);
  assert.match(shown[1]!, /^# the file:\d+:\d+: /m);
  assert.match(shown[2]!, /^# It is not valid:\n# \* spec\.htp: unknown field "htp"/m);
  assert.equal(code, 0);
});

test("edit keeps a copy of what the registry did not take", async (t) => {
  const bench = await startWithRule(t);
  const { code, err } = await edit(t, bench, [["  http:", "  htp:"]]);
  assert.equal(code, 1);
  const [, copy] = /^A copy of the changes is in (.+)$/m.exec(err)!;
  t.after(() => rmSync(dirname(copy!), { recursive: true }));
  assert.match(readFileSync(copy!, "utf8"), /^ {2}htp:/m);
});

test("edit shows what somebody else has changed meanwhile, and saves over it only by their revision", async (t) => {
  const bench = await startWithRule(t);
  const folder = temporaryFolder(t);
  const editor = join(folder, "editor.sh");
  const theirs = bench.file("theirs.yaml", rule("reviews", "details"));
  const command = `${process.execPath} --conditions=@intramesh/source ${join(import.meta.dirname, "bin.ts")}`;
  writeFileSync(
    editor,
    `#!/bin/sh
if [ ! -e ${folder}/first ]; then
  cp "$1" ${folder}/first
  ${command} apply --registry ${bench.url} -f ${theirs} >${folder}/applied 2>&1
  sed -i 's/        host: reviews/        host: ratings/' "$1"
else
  cp "$1" ${folder}/second
  revision=$(sed -n 's/.*resourceVersion to "\\([0-9]*\\)".*/\\1/p' "$1")
  sed -i "s/^  resourceVersion: .*/  resourceVersion: \\"$revision\\"/" "$1"
fi
`,
  );
  chmodSync(editor, 0o755);
  const { code, out, err } = await edit(t, bench, [], { editor });
  assert.deepEqual([code, out], [0, "virtualservice.networking.istio.io/reviews edited\n"], err);
  const second = readFileSync(join(folder, "second"), "utf8");
  assert.match(second, /^# Somebody else has changed it meanwhile/m);
  assert.match(second, /^# \+ {12}host: details$/m);
  assert.match(second, /^ {12}host: ratings$/m);
  assert.equal(await destinationOf(bench), "ratings");
});

test("edit takes no offence at a status that has changed meanwhile", async (t) => {
  const bench = await startWithRule(t);
  const url = `${bench.url}/apis/networking.istio.io/v1/namespaces/default/virtualservices/reviews`;
  const editor = join(temporaryFolder(t), "editor.mjs");
  writeFileSync(
    editor,
    `import { readFileSync, writeFileSync } from "node:fs";
const live = await (await fetch("${url}")).json();
const body = JSON.stringify({ ...live, status: { ...live.status, validationMessages: [] } });
const answer = await fetch("${url}", { method: "PUT", body, headers: { "content-type": "application/json" } });
const { metadata } = await answer.json();
if (metadata.resourceVersion === live.metadata.resourceVersion) process.exit(1);
const file = process.argv.at(-1);
writeFileSync(file, readFileSync(file, "utf8").replace("host: reviews", "host: ratings"));
`,
  );
  const { code, err } = await edit(t, bench, [], { editor: `"${process.execPath}" "${editor}"` });
  assert.equal(code, 0, err);
  assert.equal(await destinationOf(bench), "ratings");
});

test("edit says which editor ended badly", async (t) => {
  const { code, err } = await edit(t, await startWithRule(t), [], { editor: "false" });
  assert.equal(code, 1);
  assert.match(err, /^error: the editor "false" ended with exit code 1; /);
});

test("edit of what is not there opens nothing", async (t) => {
  const bench = await startBench(t);
  const { code, shown, err } = await edit(t, bench, []);
  assert.deepEqual([code, shown], [1, []]);
  assert.match(err, /NotFound/);
});
