import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { consulPath } from "./consul-tool.ts";
import { eventually } from "./eventually.ts";

/** A real agent that runs as a server. */
export interface ConsulAgent {
  readonly name: string;
  /** Of its HTTP API. */
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again where it was, with the data that it had. */
  restart(): Promise<void>;
  /** Starts it again where it was, without its data. */
  restartEmpty(): Promise<void>;
  /** Ends it for good and takes its data away. */
  stop(): Promise<void>;
}

interface Ports {
  readonly http: number;
  readonly server: number;
  readonly serf: number;
}

/** From the start of servers until one of them leads, ms: a second election takes as long as the first. */
const leaderMs = 30_000;

const host = "127.0.0.1";

/** Starts one server that is its own leader. */
export async function startAgent(): Promise<ConsulAgent> {
  const [agent] = await startCluster(1);
  return agent!;
}

/** Starts servers that form one cluster; resolves when one leads. */
export async function startCluster(count: number): Promise<readonly ConsulAgent[]> {
  const free = await freePorts(count * 3);
  const ports = Array.from({ length: count }, (_, at): Ports => {
    const [http, server, serf] = free.slice(at * 3, at * 3 + 3);
    return { http: http!, server: server!, serf: serf! };
  });
  const agents = ports.map((own, at) => createAgent(`s${at + 1}`, own, ports));
  await Promise.all(agents.map((agent) => agent.restart()));
  await eventually("every server knows of a leader", leaderMs, async () => {
    const leaders = await Promise.all(agents.map(({ url }) => leaderOf(url)));
    return leaders.every((leader) => leader !== undefined);
  });
  return agents;
}

/** Address of the leader that an agent knows of, `host:port` of its server port; undefined where it knows of none. */
export async function leaderOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/v1/status/leader`, { signal: AbortSignal.timeout(2_000) });
    const leader = (await response.json()) as unknown;
    return response.ok && typeof leader === "string" && leader !== "" ? leader : undefined;
  } catch {
    return undefined;
  }
}

/** The one of the servers that leads. */
export async function leaderAmong(agents: readonly ConsulAgent[]): Promise<ConsulAgent> {
  const selves = await Promise.all(
    agents.map(async ({ url }) => {
      const response = await fetch(`${url}/v1/agent/self`);
      // The agent's own words about Raft.
      const { Stats } = (await response.json()) as { readonly Stats: { readonly raft: { readonly state: string } } };
      return Stats.raft.state;
    }),
  );
  const leader = agents[selves.indexOf("Leader")];
  if (leader === undefined) throw new Error(`none of the servers leads: ${selves.join(", ")}`);
  return leader;
}

function createAgent(name: string, ports: Ports, all: readonly Ports[]): ConsulAgent {
  const url = `http://${host}:${ports.http}`;
  const folder = mkdtempSync(join(tmpdir(), "intramesh-consul-"));
  const data = join(folder, "data");
  const config = join(folder, "agent.json");
  writeFileSync(config, JSON.stringify(configOf(name, ports, all, data)));
  let child: ChildProcess | undefined;
  let output = "";

  async function start(): Promise<void> {
    const started = spawn(consulPath!, ["agent", "-config-file", config], { stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    // A test that is cut short leaves no agent behind.
    process.once("exit", () => started.kill("SIGKILL"));
    output = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output = (output + chunk).slice(-4_000);
      });
    }
    await eventually(`agent ${name} answers`, leaderMs, async () => {
      if (started.exitCode !== null) throw new Error(`agent ${name} ended with ${started.exitCode}:\n${output}`);
      return (await fetch(`${url}/v1/agent/self`).catch(() => undefined))?.ok === true;
    });
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  return {
    name,
    url,
    kill,
    restart: start,
    async restartEmpty() {
      await kill();
      rmSync(data, { recursive: true, force: true });
      await start();
      await eventually("it leads again", leaderMs, async () => (await leaderOf(url)) !== undefined);
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(name: string, ports: Ports, all: readonly Ports[], data: string): object {
  return {
    node_name: name,
    server: true,
    bootstrap_expect: all.length,
    data_dir: data,
    bind_addr: host,
    client_addr: host,
    ports: {
      http: ports.http,
      server: ports.server,
      serf_lan: ports.serf,
      serf_wan: -1,
      dns: -1,
      grpc: -1,
      https: -1,
    },
    retry_join: all.filter(({ serf }) => serf !== ports.serf).map(({ serf }) => `${host}:${serf}`),
    retry_interval: "1s",
    // As production settings: a leader that has died is replaced within seconds.
    performance: { raft_multiplier: 1 },
    disable_update_check: true,
    log_level: "WARN",
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    return address.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
