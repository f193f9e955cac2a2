import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { startBookinfo } from "@intramesh/example-bookinfo";
import { createRegistry } from "@intramesh/registry";
import { temporaryFolder } from "./bookinfo-fixture.ts";

/** What `npm run bookinfo` runs once everything is installed and built. */
const program = fileURLToPath(new URL("run.js", import.meta.resolve("@intramesh/example-bookinfo")));

describe("the program that runs Bookinfo", { concurrency: true }, () => {
  it("leaves no process and no instance behind on Ctrl-C", async (t) => {
    const data = temporaryFolder();
    const run = start(t, "--port", "0", "--registry-port", "0", "--data", data);
    const welcome = await run.said("Ctrl-C stops everything");
    const registryUrl = /registry +(http:\S+),/.exec(welcome)![1]!;
    const addresses = await instanceAddresses(registryUrl);
    assert.equal(addresses.length, 7);
    assert.match(welcome, /product page +http:\/\/127\.0\.0\.1:\d+\/productpage/);
    assert.match(welcome, /log in as jason/);
    assert.equal(welcome.match(/npx intramesh apply /g)?.length, 3);

    // A terminal signals the whole process group.
    process.kill(-run.child.pid!, "SIGINT");
    assert.equal(await run.code, 0);

    for (const address of [...addresses, new URL(registryUrl).host])
      assert.equal(await accepts(address), false, address);
    const registry = await createRegistry({ port: 0, data: join(data, "registry") });
    t.after(() => registry.close());
    assert.deepEqual(await instanceAddresses(registry.url), []);
  });

  it("calls no instance of a run that was killed", async (t) => {
    const data = temporaryFolder();
    const options = { registryPort: 0, port: 0, data, ratingsDatabase: undefined };
    const { signal } = new AbortController();
    const killed = await startBookinfo(options, () => {}, signal);
    await Promise.all([...killed.programs.values()].map((each) => each.kill()));

    const next = await startBookinfo(options, () => {}, signal);
    t.after(() => next.stop());
    const addresses = await instanceAddresses(next.registryUrl);
    assert.equal(addresses.length, 7);
    for (const address of addresses) assert.equal(await accepts(address), true, address);
  });

  for (const option of ["--port", "--registry-port"]) {
    it(`says which port is taken and that ${option} changes it, and starts nothing`, async (t) => {
      const data = temporaryFolder();
      const taken = createServer().listen(0, "127.0.0.1");
      await once(taken, "listening");
      t.after(() => taken.close());
      const { port } = taken.address() as AddressInfo;
      const other = option === "--port" ? "--registry-port" : "--port";
      const run = start(t, option, String(port), other, "0", "--data", data);
      assert.equal(await run.code, 1);
      assert.equal(run.stdout(), "");
      const words = `bookinfo: port ${port} is taken by another program: choose another one with ${option} PORT`;
      assert.ok(run.stderr().includes(words), run.stderr());
    });
  }
});

interface Run {
  readonly child: ChildProcess;
  /** Resolves when it has ended and said everything. */
  readonly code: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  /** Resolves to all of stdout when it contains `text`. */
  said(text: string): Promise<string>;
}

function start(t: TestContext, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [program, ...args], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const code = once(child, "close").then(([exitCode]: (number | null)[]) => exitCode ?? null);
  t.after(async () => {
    child.kill();
    await code;
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return {
    child,
    code,
    stdout: () => stdout,
    stderr: () => stderr,
    said: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text)) resolve(stdout);
        };
        child.stdout.on("data", look);
        void code.then(() => reject(new Error(`it ended without saying "${text}":\n${stderr}`)));
      }),
  };
}

/** Where the registered instances listen, `address:port`. */
async function instanceAddresses(registryUrl: string): Promise<readonly string[]> {
  const response = await fetch(`${registryUrl}/apis/networking.istio.io/v1/workloadentries`);
  // The registry's own shape of a WorkloadEntry.
  const { items } = (await response.json()) as {
    readonly items: readonly {
      readonly spec: { readonly address: string; readonly ports: { readonly http: number } };
    }[];
  };
  return items.map(({ spec }) => `${spec.address}:${spec.ports.http}`);
}

function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${address}`);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.on("connect", () => socket.destroy()).on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
  });
}
