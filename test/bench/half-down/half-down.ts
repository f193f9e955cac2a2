import { once } from "node:events";
import { measure, startClient, startProcess } from "../measured-process.ts";
import { median, type Row } from "../row.ts";
import type { Ports } from "./servers.ts";

const rounds = 5;
const requestsPerRound = 15_000;
const warmUpRequests = 30_000;

/** What a request may cost with half of the endpoints refusing connections, as a multiple of what it costs with all of them up. */
const atMost = 1.5;

/**
 * CPU of the calling process per request, eight endpoints of which four refuse connections against eight that answer.
 * Retries and outlier detection are on, every call succeeds. With ejections the dead are asked again each second or
 * more; without any, every second first attempt is in vain.
 */
export async function halfDown(): Promise<readonly Row[]> {
  const servers = startProcess(new URL("servers.ts", import.meta.url));
  const [{ up, down }] = (await once(servers, "message")) as [Ports];
  const start = (ports: readonly number[], maxEjectionPercent: number) =>
    startClient(new URL("client.ts", import.meta.url), [JSON.stringify(ports), String(maxEjectionPercent)]);
  const half = [...up.slice(0, 4), ...down];
  const clients = [await start(up, 100), await start(half, 100), await start(half, 0)];
  const costs: number[][] = clients.map(() => []);
  try {
    for (const client of clients) await measure(client, warmUpRequests);
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, client] of clients.entries()) costs[at]!.push(await measure(client, requestsPerRound));
    }
  } finally {
    for (const client of clients) client.kill();
    servers.kill();
  }
  const [healthy, ejecting, trying] = costs.map(median) as [number, number, number];
  const row = (name: string, ours: number, limit: number): Row => {
    return { name, ours, baseline: healthy, ratio: ours / healthy, unit: "us CPU", atMost: limit };
  };
  return [
    row("half of 8 endpoints refuse connections, ejected / all up", ejecting, atMost),
    row("half of 8 endpoints refuse connections, nobody may be ejected / all up", trying, Number.POSITIVE_INFINITY),
  ];
}
