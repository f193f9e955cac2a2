import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";

const module = new URL("./signals.ts", import.meta.url).href;

/** What became of a program that was sent signals. */
interface End {
  /** Exit code, or the signal that ended it. */
  readonly how: number | string;
  /** Lines that it wrote after it was ready. */
  readonly lines: readonly string[];
}

/** Runs `source` until it is ready, sends it the signals, the second when the first has had an effect that shows. */
async function run(source: string, ...signals: readonly NodeJS.Signals[]): Promise<End> {
  const program = `
    import { closeOnSignal } from ${JSON.stringify(module)};
    const say = (line) => process.stdout.write(line + "\\n");
    const task = (name, beside = "leave") => ({ beside, close: async () => say(name + " closed") });
    ${source}
    setInterval(() => {}, 1_000);
    say("ready");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const left = [...signals];
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    const next = left.shift();
    if (next !== undefined) child.kill(next);
  });
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
  return { how: signal ?? code ?? -1, lines: text.trim().split("\n").slice(1) };
}

describe("signals", { concurrency: 2 }, () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`closes at ${signal} and ends as the signal does by default`, async () => {
      assert.deepEqual(await run("closeOnSignal(task('mesh'));", signal), { how: signal, lines: ["mesh closed"] });
    });
  }

  it("closes every mesh of the process", async () => {
    const end = await run("closeOnSignal(task('one')); closeOnSignal(task('two'));", "SIGTERM");
    assert.deepEqual(end, { how: "SIGTERM", lines: ["one closed", "two closed"] });
  });

  for (const [place, source] of [
    ["after", "closeOnSignal(task('mesh')); process.on('SIGTERM', () => process.exit(3));"],
    ["before, for once,", "process.once('SIGTERM', () => process.exit(3)); closeOnSignal(task('mesh'));"],
  ] as const) {
    it(`leaves everything to a listener of the program, added ${place} ours`, async () => {
      assert.deepEqual(await run(source, "SIGTERM"), { how: 3, lines: [] });
    });
  }

  it("minds only listeners of the same signal", async () => {
    const end = await run("closeOnSignal(task('mesh')); process.on('SIGINT', () => {});", "SIGTERM");
    assert.deepEqual(end, { how: "SIGTERM", lines: ["mesh closed"] });
  });

  it("closes beside a program that listens and does not know of it, and leaves the end to that", async () => {
    const source = `
      closeOnSignal(task("mesh", "close"));
      process.on("SIGTERM", () => setTimeout(() => process.exit(3), 50));
    `;
    assert.deepEqual(await run(source, "SIGTERM"), { how: 3, lines: ["mesh closed"] });
  });

  it("is out of the way of libraries that end the process where they listen alone", async () => {
    const source = `
      closeOnSignal(task("mesh"));
      const alone = () => {
        if (process.listenerCount("SIGTERM") > 1) return;
        process.removeListener("SIGTERM", alone);
        process.kill(process.pid, "SIGTERM");
      };
      process.on("SIGTERM", alone);
    `;
    assert.deepEqual(await run(source, "SIGTERM"), { how: "SIGTERM", lines: [] });
  });

  it("ends at once at a second signal", async () => {
    const source = `closeOnSignal({ beside: "leave", close: () => new Promise(() => say("closing")) });`;
    assert.deepEqual(await run(source, "SIGINT", "SIGINT"), { how: "SIGINT", lines: ["closing"] });
  });

  it("ends though a close fails", async () => {
    const source = `closeOnSignal({ beside: "leave", close: () => Promise.reject(new Error("broken")) });`;
    assert.deepEqual(await run(source, "SIGTERM"), { how: "SIGTERM", lines: [] });
  });

  it("listens no more when the task is taken back", async () => {
    const source = `
      closeOnSignal(task("mesh"))();
      say(String(process.listenerCount("SIGTERM") + process.listenerCount("SIGINT")));
    `;
    const { how } = await run(source, "SIGTERM");
    assert.equal(how, "SIGTERM");
  });

  it("knows the listeners of another installed copy: both close, then the process ends", async () => {
    const source = `
      closeOnSignal(task("one"));
      const { closeOnSignal: other } = await import(${JSON.stringify(`${module}?copy`)});
      other({ beside: "leave", close: () => new Promise((resolve) => setTimeout(() => resolve(say("other closed")), 50)) });
    `;
    assert.deepEqual(await run(source, "SIGTERM"), { how: "SIGTERM", lines: ["one closed", "other closed"] });
  });
});
