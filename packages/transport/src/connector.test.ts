import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, Socket } from "node:net";
import { after, describe, it } from "node:test";
import { createConnector, type KeepAliveProbes } from "./connector.ts";

const server = createServer((socket) => socket.on("error", () => undefined));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

/** A connection made with these probes. */
async function connection(keepAlive: KeepAliveProbes | undefined): Promise<Socket> {
  const connect = createConnector({ serverName: undefined, timeoutMs: 1_000, keepAlive });
  const socket = connect({ hostname: "127.0.0.1", host: "127.0.0.1", protocol: "http:", port: `${port}` }, () => {});
  await once(socket, "connect");
  return socket;
}

/** Milliseconds until the kernel sends a keep-alive probe on it; undefined where it will not (proc(5), `tr tm->when`). */
function nextProbeMs(socket: Socket): number | undefined {
  const hex = (value: number): string => value.toString(16).toUpperCase().padStart(4, "0");
  const ends = new RegExp(`:${hex(socket.localPort!)} [0-9A-F]+:${hex(socket.remotePort!)} `);
  const line = readFileSync("/proc/net/tcp", "latin1")
    .split("\n")
    .find((text) => ends.test(text));
  const timer = /^ *\d+: \S+ \S+ \S+ \S+ (\w\w):(\w+)/.exec(line ?? "");
  return timer?.[1] === "02" ? Number.parseInt(timer[2]!, 16) * 10 : undefined;
}

describe("tcpKeepalive", () => {
  after(() => server.close());

  const onLinux = { skip: process.platform !== "linux" && "the kernel's timers are read from /proc" };

  const cases: readonly [string, KeepAliveProbes | undefined, number][] = [
    ["left out: after a minute", undefined, 60_000],
    ["time: 5s", { timeMs: 5_000 }, 5_000],
    ["time: 1500ms: two seconds, because the kernel counts whole ones", { timeMs: 1_500 }, 2_000],
    ["interval only: after two hours, as Linux does", { intervalMs: 1_000 }, 7_200_000],
  ];
  for (const [title, keepAlive, ms] of cases) {
    it(`${title}: the kernel's timer runs`, onLinux, async () => {
      const socket = await connection(keepAlive);
      try {
        const left = nextProbeMs(socket);
        assert.ok(left !== undefined && left <= ms && left > ms - 1_000, `${left} ms are left`);
      } finally {
        socket.destroy();
      }
    });
  }

  it("hands interval and probes to the socket, and fills in Linux's own", async (t) => {
    const set = t.mock.method(Socket.prototype, "setKeepAlive");
    for (const keepAlive of [
      { timeMs: 5_000, intervalMs: 3_000, probes: 4 },
      { timeMs: 5_000, probes: 0 },
    ]) {
      (await connection(keepAlive)).destroy();
    }
    const last = set.mock.calls.filter(({ arguments: given }) => given.length === 4).map((call) => call.arguments);
    assert.deepEqual(last, [
      [true, 5_000, 3_000, 4],
      [true, 5_000, 75_000, 9],
    ]);
  });
});
