import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ServerPlace } from "./consul-agent.ts";

/** Machines of one network, as Linux network namespaces: what happens in them does not touch this machine's own network. */
export interface SeparateNetworks {
  readonly places: readonly ServerPlace[];
  /** Pulls the cable of a machine: nobody reaches it and it reaches nobody. Its HTTP API goes on. */
  cutOff(at: number): Promise<void>;
  /** Puts it back in. */
  heal(at: number): Promise<void>;
  close(): Promise<void>;
}

/** Consul's own ports: each machine has them to itself. */
const ports = { server: 8300, serf: 8301 } as const;

/** False where namespaces can be made here, else the reason why not. */
export const skipWithoutNetworks: string | false = findReason();

const run = promisify(execFile);

/** Makes `count` machines that reach each other. */
export async function createNetworks(count: number): Promise<SeparateNetworks> {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-network-"));
  // Names of namespaces are the whole machine's.
  const prefix = `im${process.pid}`;
  const hub = `${prefix}hub`;
  const machines = Array.from({ length: count }, (_, at) => `${prefix}m${at}`);
  const remove = (): void => {
    for (const name of [hub, ...machines]) quietly("ip", "netns", "del", name);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);

  await ip("netns", "add", hub);
  await ip("-n", hub, "link", "add", "bridge", "type", "bridge");
  await ip("-n", hub, "link", "set", "bridge", "up");
  const doors: Server[] = [];
  const places: ServerPlace[] = [];
  for (const [at, name] of machines.entries()) {
    // One after the other on purpose: they are plugged into one bridge.
    await ip("netns", "add", name);
    await ip("-n", name, "link", "set", "lo", "up");
    await ip("link", "add", "eth", "netns", name, "type", "veth", "peer", "name", plug(at), "netns", hub);
    await ip("-n", hub, "link", "set", plug(at), "master", "bridge", "up");
    const bind = `10.99.0.${at + 1}`;
    await ip("-n", name, "addr", "add", `${bind}/24`, "dev", "eth");
    await ip("-n", name, "link", "set", "eth", "up");
    const http = join(folder, `${name}.sock`);
    const door = await openDoor(http);
    doors.push(door);
    const { port } = door.address() as AddressInfo;
    places.push({ ...ports, bind, http, url: `http://127.0.0.1:${port}`, command: ["ip", "netns", "exec", name] });
  }
  return {
    places,
    cutOff: (at) => ip("-n", hub, "link", "set", plug(at), "down"),
    heal: (at) => ip("-n", hub, "link", "set", plug(at), "up"),
    async close() {
      for (const door of doors) door.close();
      remove();
    },
  };
}

function plug(at: number): string {
  return `plug${at}`;
}

async function ip(...words: readonly string[]): Promise<void> {
  await run("ip", words);
}

/** A port of this machine that leads to a Unix socket: files are reached from every namespace. */
async function openDoor(path: string): Promise<Server> {
  const server = createServer((outer) => {
    const inner = connect(path);
    outer.pipe(inner).pipe(outer);
    outer.on("error", () => inner.destroy()).on("close", () => inner.destroy());
    inner.on("error", () => outer.destroy()).on("close", () => outer.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function findReason(): string | false {
  const name = `im${process.pid}try`;
  try {
    execFileSync("ip", ["netns", "add", name], { stdio: "ignore" });
    return false;
  } catch {
    return "network namespaces cannot be made here: they take Linux, root and the command ip";
  } finally {
    quietly("ip", "netns", "del", name);
  }
}

function quietly(program: string, ...words: readonly string[]): void {
  try {
    execFileSync(program, words, { stdio: "ignore" });
  } catch {
    // It was not there.
  }
}
