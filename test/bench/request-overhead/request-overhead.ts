import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { measure, startClient, startProcess } from "../measured-process.ts";
import { median, type Row } from "../row.ts";
import type { VariantName } from "./variants.ts";

const rounds = 5;
const requestsPerRound = 15_000;
/** Until the compiler has optimised both sides: a service runs for days. */
const warmUpRequests = 30_000;

/** Pairs of DESIGN section 5, rows one to three: ours, the baseline, and the ratio to reach. */
const pairs: readonly {
  readonly name: string;
  readonly ours: VariantName;
  readonly baseline: VariantName;
  readonly atMost: number;
}[] = [
  {
    name: "undici.request through mesh.dispatcher / bare undici.request",
    ours: "mesh-request",
    baseline: "bare-request",
    atMost: 1.1,
  },
  { name: "mesh.fetch + json / global fetch + json", ours: "mesh-fetch", baseline: "bare-fetch", atMost: 0.35 },
  {
    name: "undici.request through mesh.dispatcher / opossum + p-retry + OpenTelemetry + prom-client by hand",
    ours: "mesh-request",
    baseline: "by-hand",
    atMost: 0.8,
  },
];

/**
 * CPU of the calling process per request, in microseconds. One server process, one process per variant, all on
 * loopback; rounds take turns, medians are compared.
 */
export async function requestOverhead(): Promise<readonly Row[]> {
  const server = startProcess(new URL("server.ts", import.meta.url));
  const [ports] = (await once(server, "message")) as [number[]];
  const names = [...new Set(pairs.flatMap(({ ours, baseline }) => [ours, baseline]))];
  const clients = new Map<VariantName, ChildProcess>();
  const costs = new Map<VariantName, number[]>();
  try {
    for (const name of names) {
      const client = await startClient(new URL("client.ts", import.meta.url), [name, JSON.stringify(ports)]);
      clients.set(name, client);
      costs.set(name, []);
      await measure(client, warmUpRequests);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, client] of clients) costs.get(name)!.push(await measure(client, requestsPerRound));
    }
  } finally {
    for (const client of clients.values()) client.kill();
    server.kill();
  }
  return pairs.map(({ name, ours, baseline, atMost }) => {
    const [mine, theirs] = [median(costs.get(ours)!), median(costs.get(baseline)!)];
    return { name, ours: mine, baseline: theirs, ratio: mine / theirs, unit: "us CPU", atMost };
  });
}
