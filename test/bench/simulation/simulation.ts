import { loadHash64 } from "@intramesh/balancing";
import { type BalancingPolicy, defaultBalancing } from "@intramesh/core";
import type { Table } from "../table.ts";
import { scenarios } from "./scenario.ts";
import { simulate } from "./simulate.ts";

const hashKeys = [{ kind: "header", name: "x-user" }] as const;
const warmup = { durationMs: 20_000, minimumPercent: 5, aggression: 1 };

/** What a DestinationRule or ResiliencePolicy can ask for, as it is written there. */
const choices: readonly { readonly name: string; readonly policy: Partial<BalancingPolicy> }[] = [
  { name: "RANDOM", policy: { algorithm: "RANDOM" } },
  { name: "ROUND_ROBIN", policy: { algorithm: "ROUND_ROBIN" } },
  { name: "ROUND_ROBIN, warmup", policy: { algorithm: "ROUND_ROBIN", warmup } },
  { name: "LEAST_REQUEST", policy: { algorithm: "LEAST_REQUEST" } },
  { name: "LEAST_REQUEST, warmup", policy: { algorithm: "LEAST_REQUEST", warmup } },
  { name: "ringHash", policy: { algorithm: "RING_HASH", hashKeys } },
  { name: "maglev", policy: { algorithm: "MAGLEV", hashKeys } },
  { name: "peakEwma", policy: { algorithm: "PEAK_EWMA" } },
  { name: "eventLoopAware", policy: { algorithm: "EVENT_LOOP_AWARE" } },
];

/**
 * Every balancer against slow, flapping, cold and dead endpoints: 10 endpoints, 8 clients, one simulated minute at
 * 60 % load. The last column says whether two runs decided alike.
 */
export async function simulation(seed: number): Promise<Table> {
  const hash64 = await loadHash64();
  const lines: string[][] = [
    ["endpoints", "loadBalancer", "p50 ms", "p99 ms", "failed %", "imbalance", "decision log"],
  ];
  for (const scenario of scenarios) {
    for (const { name, policy } of choices) {
      const result = simulate({ ...defaultBalancing, ...policy }, scenario, seed, hash64);
      const { p50, p99, failedPercent, imbalance, log } = result;
      const figures = [p50.toFixed(1), p99.toFixed(1), failedPercent.toFixed(2), imbalance.toFixed(2)];
      lines.push([scenario.name, name, ...figures, log]);
    }
  }
  const notes = scenarios.map(({ name, what }) => `${name}: ${what}`);
  return { kind: "table", lines, notes: [`seed ${seed}`, ...notes] };
}
