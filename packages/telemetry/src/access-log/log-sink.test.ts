import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { openLogSink } from "./log-sink.ts";

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "intramesh-log-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const now = (): number => 0;

describe("where lines of the access log go", () => {
  it("is a file, made with its folders; all lines are in it when it is closed", async (t) => {
    const file = join(folder(t), "logs", "access.log");
    const sink = openLogSink(file, now, (message) => assert.fail(message));
    for (let at = 0; at < 1_000; at += 1) sink.write(`line ${at}`);
    await sink.close();
    await sink.close();
    sink.write("too late");
    const lines = readFileSync(file, "utf8").split("\n");
    assert.deepEqual([lines.length, lines[0], lines[999], lines[1_000]], [1_001, "line 0", "line 999", ""]);
  });

  it("is a new file of the name where the old one was moved away, which has what came before", async (t) => {
    const file = join(folder(t), "access.log");
    let time = 0;
    const sink = openLogSink(
      file,
      () => time,
      (message) => assert.fail(message),
    );
    sink.write("before");
    renameSync(file, `${file}.1`);
    time = 10_000;
    sink.write("seen");
    for (let turn = 0; !existsSync(file) && turn < 100_000; turn += 1) await setImmediate();
    sink.write("after");
    await sink.close();
    assert.equal(readFileSync(`${file}.1`, "utf8"), "before\nseen\n");
    assert.equal(readFileSync(file, "utf8"), "after\n");
  });

  it("is said once where it cannot be opened; lines are lost, and nothing fails", async (t) => {
    const said: string[] = [];
    const sink = openLogSink(folder(t), now, (message) => said.push(message));
    sink.write("lost");
    await sink.close();
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^no access log is written, .* cannot be opened: EISDIR/);
  });

  it("is said once where it takes no lines", { skip: !existsSync("/dev/full") && "no /dev/full here" }, async () => {
    const said: string[] = [];
    const sink = openLogSink("/dev/full", now, (message) => said.push(message));
    sink.write("lost");
    await sink.close();
    assert.equal(said.length, 1);
    assert.match(said[0]!, /does not take them: ENOSPC/);
  });

  it("gets what is left when a process ends without closing it", (t) => {
    const file = join(folder(t), "access.log");
    const source = new URL("./log-sink.ts", import.meta.url).href;
    const program = `import { openLogSink } from ${JSON.stringify(source)};
      openLogSink(${JSON.stringify(file)}, () => 0, console.error).write("the last"); process.exit(0);`;
    const { stderr } = spawnSync(
      process.execPath,
      ["--conditions=@intramesh/source", "--input-type=module", "-e", program],
      {
        encoding: "utf8",
        timeout: 30_000,
      },
    );
    assert.equal(readFileSync(file, "utf8"), "the last\n", stderr);
  });
});
