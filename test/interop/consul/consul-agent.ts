import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../support/eventually.ts";
import { consulPath } from "./consul-tool.ts";

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

/** Where a server runs, and how others reach it. */
export interface ServerPlace {
  /** Address for the other servers. */
  readonly bind: string;
  /** Port for their calls, and for their gossip. */
  readonly server: number;
  readonly serf: number;
  /** Where its HTTP API listens: a port of 127.0.0.1, or the path of a Unix socket. */
  readonly http: number | string;
  /** URL under which this process reaches it. */
  readonly url: string;
  /** The command that runs the agent there, in front of its own words. */
  readonly command: readonly string[];
}

/** From the start of servers until one of them leads, ms: a second election takes as long as the first. */
const leaderMs = 30_000;

const loopback = "127.0.0.1";

/** Starts one server that is its own leader. */
export async function startAgent(): Promise<ConsulAgent> {
  const [agent] = await startCluster(1);
  return agent!;
}

/** Starts servers that form one cluster; resolves when one leads. */
export async function startCluster(count: number): Promise<readonly ConsulAgent[]> {
  const free = await freePorts(count * 3);
  const places = Array.from({ length: count }, (_, at): ServerPlace => {
    const [http, server, serf] = free.slice(at * 3, at * 3 + 3);
    return {
      bind: loopback,
      http: http!,
      server: server!,
      serf: serf!,
      url: `http://${loopback}:${http}`,
      command: [],
    };
  });
  return startServers(places);
}

/** The same at places of their own; they are called s1, s2 … */
export async function startServers(places: readonly ServerPlace[]): Promise<readonly ConsulAgent[]> {
  const agents = places.map((own, at) => createAgent(`s${at + 1}`, own, places));
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

function createAgent(name: string, place: ServerPlace, all: readonly ServerPlace[]): ConsulAgent {
  const { url } = place;
  const folder = mkdtempSync(join(tmpdir(), "intramesh-consul-"));
  const data = join(folder, "data");
  const config = join(folder, "agent.json");
  writeFileSync(config, JSON.stringify(configOf(name, place, all, data)));
  let child: ChildProcess | undefined;
  let output = "";
  // A test that is cut short leaves no agent behind.
  process.once("exit", () => child?.kill("SIGKILL"));

  async function start(): Promise<void> {
    const [program, ...args] = [...place.command, consulPath!, "agent", "-config-file", config];
    const started = spawn(program!, args, { stdio: ["ignore", "pipe", "pipe"] });
    child = started;
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

function configOf(name: string, place: ServerPlace, all: readonly ServerPlace[], data: string): object {
  const { bind, http } = place;
  const isPort = typeof http === "number";
  return {
    node_name: name,
    server: true,
    bootstrap_expect: all.length,
    data_dir: data,
    bind_addr: bind,
    client_addr: loopback,
    addresses: isPort ? {} : { http: `unix://${http}` },
    ports: {
      ...(isPort ? { http } : {}),
      server: place.server,
      serf_lan: place.serf,
      serf_wan: -1,
      dns: -1,
      grpc: -1,
      https: -1,
    },
    retry_join: all.filter((other) => other !== place).map((other) => `${other.bind}:${other.serf}`),
    retry_interval: "1s",
    // As in production: a leader that has died is replaced within seconds.
    performance: { raft_multiplier: 1 },
    disable_update_check: true,
    log_level: "WARN",
  };
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, loopback));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
    return address.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
