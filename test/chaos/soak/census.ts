import { setTimeout as passed } from "node:timers/promises";
import { queryObjects, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Pool } from "undici";

/** What is alive in this process. */
export interface Census {
  readonly sockets: number;
  readonly timers: number;
  /** Pools of undici, reachable ones. */
  readonly pools: number;
  /** After a full collection. */
  readonly heapBytes: number;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** How long ends of connections may take to arrive, in ms. */
const patienceMs = 5_000;

/** Counts; with `expected`, once there are no more sockets and timers than that, or when patience has ended. */
export async function census(expected?: Pick<Census, "sockets" | "timers">): Promise<Census> {
  const until = performance.now() + patienceMs;
  let counted = handles();
  while (performance.now() < until) {
    if (expected === undefined ? false : counted.sockets <= expected.sockets && counted.timers <= expected.timers)
      break;
    await passed(50);
    const next = handles();
    if (expected === undefined && next.sockets === counted.sockets) break;
    counted = next;
  }
  collect();
  await passed(10);
  collect();
  return { ...counted, pools: queryObjects(Pool, { format: "count" }), heapBytes: process.memoryUsage().heapUsed };
}

function handles(): Pick<Census, "sockets" | "timers"> {
  const names = process.getActiveResourcesInfo();
  return {
    sockets: names.filter((name) => name === "TCPSocketWrap").length,
    timers: names.filter((name) => name === "Timeout").length,
  };
}
