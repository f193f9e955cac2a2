import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { instancePath } from "@intramesh/discovery";
import { Pool } from "undici";

/** What renewing costs a registry. */
export interface RenewalFigures {
  readonly instances: number;
  /** Renewals answered with 200 in the time measured, a second. */
  readonly perSecond: number;
  /** Answered with anything else. */
  readonly refused: number;
  /** CPU time of the registry's process, user and system, in percent of one core. */
  readonly cpuPercent: number;
  readonly p99Ms: number;
}

/** Clients of a registry have a connection each; so many stand for them. */
const connections = 1_000;

/** Registers `instances` instances and renews each every `everyMs` for `forMs`, evenly spread; `pid` is the registry's. */
export async function measureRenewals(
  registry: { readonly url: string; readonly pid: number },
  instances: number,
  everyMs: number,
  forMs: number,
): Promise<RenewalFigures> {
  const pool = new Pool(registry.url, { connections });
  const tookMs: number[] = [];
  let refused = 0;
  const renew = async (number: number): Promise<void> => {
    const startedAt = performance.now();
    const path = instancePath("default", `s${number % 100}`, `i${number}`);
    const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
    const body = JSON.stringify({ address, ports: { http: 9080 }, session: `session-${number}` });
    const answer = await pool.request({ method: "PUT", path, body });
    await answer.body.dump();
    if (answer.statusCode === 200) tookMs.push(performance.now() - startedAt);
    else refused += 1;
  };
  try {
    const numbers = Array.from({ length: instances }, (_, number) => number);
    // In portions: a registration is a commit with an fsync.
    for (let at = 0; at < instances; at += connections)
      await Promise.all(numbers.slice(at, at + connections).map(renew));
    tookMs.length = 0;
    refused = 0;
    const [startedAt, cpuBefore] = [performance.now(), cpuSeconds(registry.pid)];
    const running: Promise<void>[] = [];
    for (let sent = 0; performance.now() - startedAt < forMs; await delay(5)) {
      const due = ((performance.now() - startedAt) / everyMs) * instances;
      for (; sent < due; sent += 1) running.push(renew(sent % instances));
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = cpuSeconds(registry.pid) - cpuBefore;
    await Promise.all(running);
    tookMs.sort((some, other) => some - other);
    const p99Ms = tookMs[Math.floor(tookMs.length * 0.99)] ?? 0;
    return { instances, perSecond: tookMs.length / seconds, refused, cpuPercent: (cpu / seconds) * 100, p99Ms };
  } finally {
    await pool.destroy();
  }
}

/** Linux counts in hundredths of a second (proc_pid_stat(5), utime and stime). */
const ticksPerSecond = 100;

function cpuSeconds(pid: number): number {
  const [, rest] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
