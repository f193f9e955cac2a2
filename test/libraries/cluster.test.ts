import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createRegistry } from "@intramesh/registry";
import { eventually } from "../support/eventually.ts";

/** A program of two workers that share a port; it knows nothing of the mesh. */
const program = `
import cluster from "node:cluster";
import { createServer } from "node:http";
if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  process.once("SIGTERM", () => workers.forEach((worker) => worker.kill("SIGTERM")));
} else {
  createServer((request, response) => response.end(String(process.pid))).listen(0, "127.0.0.1");
}
`;

/** A process that the registry lists as connected. */
interface Client {
  readonly id: string;
  readonly service: string;
  readonly admin?: string;
}

/** An instance as its WorkloadEntry says. */
interface Instance {
  readonly address: string;
  readonly ports: Readonly<Record<string, number>>;
}

/** Far beyond what three processes take to start on a busy machine. */
const limitMs = 30_000;

/** The program under `intramesh/register`, with a registry of its own. */
interface Clustered {
  readonly child: ChildProcess;
  clients(): Promise<readonly Client[]>;
  instances(): Promise<readonly Instance[]>;
}

async function start(t: TestContext, env: Readonly<Record<string, string>>): Promise<Clustered> {
  const registry = await createRegistry({ port: 0, data: ":memory:" });
  t.after(() => registry.close());
  const folder = mkdtempSync(join(tmpdir(), "intramesh-cluster-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const script = join(folder, "program.mjs");
  writeFileSync(script, program);
  const args = ["--conditions=@intramesh/source", "--import", import.meta.resolve("intramesh/register"), script];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: "ignore",
    env: {
      ...process.env,
      INTRAMESH_SERVICE: "clustered",
      INTRAMESH_REGISTRY: registry.url,
      INTRAMESH_STATE_DIR: folder,
      INTRAMESH_DRAIN_DELAY_MS: "0",
      ...env,
    },
  });
  // Workers end with their primary: the channel to it closes.
  t.after(() => child.kill("SIGKILL"));
  const read = async (path: string): Promise<unknown> => (await fetch(registry.url + path)).json();
  return {
    child,
    clients: async () => ((await read("/mesh/v1/clients")) as { readonly items: readonly Client[] }).items,
    async instances() {
      const path = "/apis/networking.istio.io/v1/namespaces/default/workloadentries";
      return ((await read(path)) as { readonly items: readonly { readonly spec: Instance }[] }).items.map(
        ({ spec }) => spec,
      );
    },
  };
}

/** The instance that an admin port answers for. */
async function instanceAt(admin: string): Promise<string> {
  const page = (await (await fetch(`${admin}/snapshot`, { headers: { connection: "close" } })).json()) as {
    readonly instance: string;
  };
  return page.instance;
}

describe("node:cluster under intramesh/register", () => {
  it("makes an instance of each worker, at their one port, with an admin port of its own", async (t) => {
    const { child, clients, instances } = await start(t, { INTRAMESH_ADMIN_PORT: "0" });
    await eventually("two instances are registered", limitMs, async () => (await instances()).length === 2);
    const [one, other] = await instances();
    assert.deepEqual(one, other);
    await eventually("all have told their admin ports", limitMs, async () => {
      const connected = await clients();
      return connected.length === 3 && connected.every(({ admin }) => admin !== undefined);
    });
    const connected = await clients();
    assert.equal(new Set(connected.map(({ admin }) => admin)).size, 3);
    for (const { id, admin } of connected) {
      // Several times: a port that workers share is answered by each in turn.
      for (let call = 0; call < 4; call++) assert.equal(await instanceAt(admin!), id);
    }
    child.kill("SIGTERM");
    await eventually("both have left", limitMs, async () => (await instances()).length === 0);
  });

  it("gives a fixed admin port to one of the processes, and serves without it in the others", async (t) => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { readonly port: number };
    await new Promise((resolve) => server.close(resolve));
    const { clients, instances } = await start(t, { INTRAMESH_ADMIN_PORT: String(port) });
    await eventually("two instances are registered", limitMs, async () => (await instances()).length === 2);
    await eventually("one has told its admin port", limitMs, async () => {
      const connected = await clients();
      return connected.length === 3 && connected.some(({ admin }) => admin !== undefined);
    });
    const withAdmin = (await clients()).filter(({ admin }) => admin !== undefined);
    assert.deepEqual(
      withAdmin.map(({ admin }) => admin),
      [`http://127.0.0.1:${port}`],
    );
    for (let call = 0; call < 4; call++) assert.equal(await instanceAt(withAdmin[0]!.admin!), withAdmin[0]!.id);
  });
});
