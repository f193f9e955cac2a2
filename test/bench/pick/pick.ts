import { type BalancedEndpoint, buildClusterPicker, createEndpointState, loadHash64 } from "@intramesh/balancing";
import { type BalancingAlgorithm, type BalancingPolicy, defaultBalancing, seededRandom } from "@intramesh/core";
import type { Row } from "../row.ts";

/** Endpoints of the cluster that is picked from. */
const endpointCount = 1_000;

/** The figure: what one pick may cost, in nanoseconds. */
const figureNs = 100;

const picksPerRound = 20_000;
const rounds = 150;

interface Case {
  readonly name: string;
  readonly policy: Partial<BalancingPolicy>;
  /** Weight of the endpoint of this number. */
  readonly weight: (at: number) => number;
}

const algorithms: readonly BalancingAlgorithm[] = [
  "LEAST_REQUEST",
  "ROUND_ROBIN",
  "RANDOM",
  "RING_HASH",
  "MAGLEV",
  "PASSTHROUGH",
  "PEAK_EWMA",
  "EVENT_LOOP_AWARE",
];

const alike = (): number => 1;
const unlike = (at: number): number => 1 + (at % 7);

const cases: readonly Case[] = [
  ...algorithms.map((algorithm) => ({ name: algorithm, policy: { algorithm }, weight: alike })),
  { name: "LEAST_REQUEST, weighted", policy: { algorithm: "LEAST_REQUEST" }, weight: unlike },
  { name: "ROUND_ROBIN, weighted", policy: { algorithm: "ROUND_ROBIN" }, weight: unlike },
  {
    name: "LEAST_REQUEST, shares by locality",
    policy: {
      algorithm: "LEAST_REQUEST",
      locality: {
        kind: "distribute",
        shares: [
          { locality: "eu/a", percent: 70 },
          { locality: "eu/b", percent: 30 },
        ],
      },
    },
    weight: alike,
  },
];

/** Nanoseconds of one pick among a thousand endpoints, against the figure in place of a baseline. */
export async function pick(): Promise<readonly Row[]> {
  const hash64 = await loadHash64();
  // Real requests come with hashes that were made before; BigInts of their own, as `hashOf` gives them.
  const hashes = Array.from({ length: 4_096 }, (_, at) => hash64(`user ${at}`));
  return cases.map(({ name, policy, weight }) => {
    const random = seededRandom(1);
    const endpoints = Array.from({ length: endpointCount }, (_, at) => endpointOf(at, weight(at), random));
    const picker = buildClusterPicker({ ...defaultBalancing, ...policy }, endpoints, { random, now: 0, hash64 });
    const hashing = policy.algorithm === "RING_HASH" || policy.algorithm === "MAGLEV";
    let checksum = 0;
    const round = (): number => {
      const start = process.hrtime.bigint();
      for (let at = 0; at < picksPerRound; at++) {
        const picked = picker.pick(random, undefined, hashing ? hashes[at & 4_095] : undefined, at);
        checksum += picked!.state.active;
      }
      return Number(process.hrtime.bigint() - start) / picksPerRound;
    };
    for (let warming = 0; warming < 20; warming++) round();
    // The best of many short rounds: whatever else the machine does can only add to a pick.
    const ours = Math.min(...Array.from({ length: rounds }, round));
    if (Number.isNaN(checksum)) throw new Error("a pick brought an endpoint without a state");
    const row = { name, ours, baseline: figureNs, ratio: ours / figureNs, unit: "ns", atMost: 1 };
    return row;
  });
}

function endpointOf(at: number, weight: number, random: () => number): BalancedEndpoint {
  const address = `10.0.${at >> 8}.${at & 255}`;
  const state = createEndpointState(0);
  state.active = Math.floor(random() * 4);
  state.latencyMs = 1 + random() * 100;
  state.eventLoopUtilization = random();
  const locality = at % 2 === 0 ? "eu/a" : "eu/b";
  return {
    endpoint: { id: `${address}:9080`, address, port: 9080, labels: {}, locality, weight, instance: "" },
    state,
  };
}
