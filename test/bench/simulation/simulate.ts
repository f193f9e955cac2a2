import {
  type BalancedEndpoint,
  buildClusterPicker,
  type ClusterPicker,
  createEndpointState,
  type Hash64,
  recordEventLoopUtilization,
  recordLatency,
} from "@intramesh/balancing";
import { type BalancingPolicy, type Random, seededRandom } from "@intramesh/core";
import { EventQueue } from "./event-queue.ts";
import { durationMs, type Scenario, usualMs } from "./scenario.ts";
import { SimulatedEndpoint } from "./simulated-endpoint.ts";

const endpointCount = 10;
/** Processes that call; none knows what the others have in flight. */
const clientCount = 8;
/** Share of the time that the endpoints would be busy were they all alike. */
const load = 0.6;
/** Keys that requests are pinned by, where they are. */
const userCount = 500;

/** What came of one run. */
export interface SimulationResult {
  /** Latencies of the answered requests, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Share of requests that failed, 0 to 100. */
  readonly failedPercent: number;
  /** Requests of the most used endpoint over those of an average one. */
  readonly imbalance: number;
  /** Digest of every pick in order: equal where the runs are. */
  readonly log: string;
}

/** Runs one policy against one scenario. Time is simulated, chance is seeded: the same arguments give the same result. */
export function simulate(policy: BalancingPolicy, scenario: Scenario, seed: number, hash64: Hash64): SimulationResult {
  const random = seededRandom(seed);
  const queue = new EventQueue();
  const servers = createServers(scenario, random);
  const clients = Array.from({ length: clientCount }, () => createClient(policy, scenario, random, hash64));
  const latencies: number[] = [];
  const counts = new Uint32Array(endpointCount);
  let failed = 0;
  let log = 0n;

  const request = (now: number): void => {
    const client = clients[Math.floor(random() * clientCount)]!;
    const user = hash64(`user ${Math.floor(random() * userCount)}`);
    const picked = client.picker(now).pick(random, undefined, policy.hashKeys.length > 0 ? user : undefined, now)!;
    const at = Number(picked.endpoint.instance);
    counts[at]! += 1;
    log = hash64(picked.endpoint.id, log);
    picked.state.active += 1;
    const served = servers[at]!.serve(now);
    queue.at(served.at, (then) => {
      picked.state.active -= 1;
      recordLatency(picked.state, then - now, served.failed, then);
      if (served.failed) failed += 1;
      else {
        latencies.push(then - now);
        recordEventLoopUtilization(picked.state, servers[at]!.utilization(then), then);
      }
    });
    queue.at(now + pause(random), request);
  };
  for (let second = 0; scenario.blockedMs > 0 && second < durationMs; second += 1_000) {
    queue.at(second, (now) => servers[0]!.block(now, scenario.blockedMs));
  }
  queue.at(0, request);
  queue.run(durationMs);
  const requests = counts.reduce((sum, count) => sum + count, 0);
  latencies.sort((one, other) => one - other);
  return {
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    failedPercent: (100 * failed) / requests,
    imbalance: (Math.max(...counts) * endpointCount) / requests,
    log: log.toString(16).padStart(16, "0"),
  };
}

/** Requests come independently of one another: pauses are exponentially distributed. */
function pause(random: Random): number {
  return (-Math.log(1 - random()) * usualMs) / (endpointCount * load);
}

function createServers(scenario: Scenario, random: Random): readonly SimulatedEndpoint[] {
  const usual = { serviceMs: usualMs, dead: false };
  return Array.from({ length: endpointCount }, (_, at) =>
    at === 0
      ? new SimulatedEndpoint(random, (now) => scenario.condition(now))
      : new SimulatedEndpoint(random, () => usual),
  );
}

interface Client {
  /** The picker of the moment. */
  picker(now: number): ClusterPicker;
}

function createClient(policy: BalancingPolicy, scenario: Scenario, random: Random, hash64: Hash64): Client {
  // Whoever is there from the beginning is warm.
  const longAgo = -1e9;
  const members = Array.from({ length: endpointCount }, (_, at) =>
    endpointOf(at, at === 0 && scenario.joinsAtMs > 0 ? scenario.joinsAtMs : longAgo),
  );
  const membersAt = (now: number): readonly BalancedEndpoint[] =>
    now < scenario.joinsAtMs ? members.slice(1) : members;
  const build = (now: number, previous?: ClusterPicker): ClusterPicker =>
    buildClusterPicker(policy, membersAt(now), { random, now, hash64, previous });
  let picker = build(0);
  let joined = scenario.joinsAtMs === 0;
  return {
    picker(now) {
      const joins = !joined && now >= scenario.joinsAtMs;
      if (joins || (picker.rebuildAt !== undefined && now >= picker.rebuildAt)) picker = build(now, picker);
      joined ||= joins;
      return picker;
    },
  };
}

function endpointOf(at: number, since: number): BalancedEndpoint {
  const address = `10.0.0.${at + 1}`;
  const endpoint = {
    id: `${address}:9080`,
    address,
    port: 9080,
    labels: {},
    locality: "",
    weight: 1,
    instance: `${at}`,
  };
  return { endpoint, state: createEndpointState(since) };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
