import type { BalancingPolicy, MonotonicMs, Random } from "@intramesh/core";
import { type AlgorithmParts, buildAlgorithm } from "./build-algorithm.ts";
import { chooseSubset } from "./deterministic-subset.ts";
import { buildHashing, isHashing, sharesOf } from "./hash/build-hashing.ts";
import { spreadBeyond } from "./health/previous-priorities.ts";
import { overprovisioningPercent, type PriorityHealth, spreadLoad } from "./health/priority-load.ts";
import { type LoadedPriority, PriorityPicker } from "./health/priority-picker.ts";
import { arrangeEndpoints, type LocalityGroup, type PriorityLevel } from "./locality/arrange.ts";
import { LocalityPicker } from "./locality/locality-picker.ts";
import { zoneShares } from "./locality/zone-shares.ts";
import type { BalancedEndpoint, ClusterPicker, Picker } from "./picker.ts";
import { warmAt } from "./warmup/warmup-factor.ts";

/** What the pickers of a cluster are made with, beside its policy and endpoints. */
export interface ClusterPickerOptions<E extends BalancedEndpoint> extends AlgorithmParts {
  /** The picker that this one replaces: rotations go on where it left them. */
  readonly previous?: ClusterPicker<E> | undefined;
  /** Number of this client among its kind, for subsetting; 0 unless given. */
  readonly client?: number | undefined;
  /** Instances of the client's own service by locality, for zone aware routing; none unless given. */
  readonly callers?: ReadonlyMap<string, number> | undefined;
}

/**
 * The picker of a cluster, to be built when its endpoints, their `ejected` or the policy change, and at `rebuildAt`.
 * Everything that can be decided before a request is decided here. PASSTHROUGH requests go to the address that their
 * caller named and ask no picker; where one is asked all the same, it picks as RANDOM does.
 */
export function buildClusterPicker<E extends BalancedEndpoint>(
  policy: BalancingPolicy,
  endpoints: readonly E[],
  options: ClusterPickerOptions<E>,
): ClusterPicker<E> {
  const { previous, ...parts } = options;
  // Pickers of priorities may be built late: they hold what was before this picker, never the picker itself.
  const before = previous instanceof BuiltPicker ? previous.rotations : undefined;
  const rotations = new Map<string, Picker<E>>();
  const levels = arrangeEndpoints(policy.locality, endpoints);
  const health = levels.map((level) => ({
    total: level.endpoints.length,
    healthy: level.endpoints.filter(isHealthy).length,
  }));
  const loads = spreadLoad(health, policy.panicThresholdPercent);
  const priorities = new Map<number, Picker<E>>();
  const priority = (at: number): Picker<E> => {
    let picker = priorities.get(at);
    if (picker === undefined) {
      const build = (place: string, members: readonly E[], usable: (balanced: E) => boolean, size?: number) => {
        const key = `${at} ${place}`;
        const chosen = chooseMembers(policy, members, usable, size, parts);
        const single = buildAlgorithm(policy, chosen, parts, before?.get(key));
        rotations.set(key, single);
        return single;
      };
      picker = buildLevel(policy, levels[at]!, loads[at]!.panic, build, parts);
      priorities.set(at, picker);
    }
    return picker;
  };
  const loaded = loadedOf(
    loads.map(({ percent }) => percent),
    priority,
  );
  const built = loaded.length === 1 ? loaded[0]!.picker : new PriorityPicker(loaded);
  // Envoy's pinned requests (thread_aware_lb_impl.cc) keep their priority, whatever was tried.
  const beyond = levels.length < 2 || isHashing(policy) ? undefined : { levels, health, priority };
  return new BuiltPicker(built, rotations, beyond, {
    rebuildAt: warmAt(policy.warmup, endpoints, options.now),
    panicking: loads.some(({ percent, panic }) => panic && percent > 0),
  });
}

/** Builds the picker of one set of endpoints, whose place names it from one build to the next. */
type BuildPlace<E extends BalancedEndpoint> = (
  place: string,
  members: readonly E[],
  usable: (balanced: E) => boolean,
  size?: number,
) => Picker<E>;

/** What retries need that leave the priorities tried already. */
interface Beyond<E extends BalancedEndpoint> {
  readonly levels: readonly PriorityLevel<E>[];
  readonly health: readonly PriorityHealth[];
  /** The picker of one priority, whatever its load. */
  readonly priority: (at: number) => Picker<E>;
}

class BuiltPicker<E extends BalancedEndpoint> implements ClusterPicker<E> {
  readonly rebuildAt: MonotonicMs | undefined;
  readonly panicking: boolean;
  /** Pickers of single sets, by their places. */
  readonly rotations: ReadonlyMap<string, Picker<E>>;
  readonly #picker: Picker<E>;
  readonly #beyond: Beyond<E> | undefined;

  constructor(
    picker: Picker<E>,
    rotations: ReadonlyMap<string, Picker<E>>,
    beyond: Beyond<E> | undefined,
    { rebuildAt, panicking }: Pick<ClusterPicker<E>, "rebuildAt" | "panicking">,
  ) {
    this.#picker = picker;
    this.rotations = rotations;
    this.#beyond = beyond;
    this.rebuildAt = rebuildAt;
    this.panicking = panicking;
  }

  pick(random: Random, avoid?: readonly string[], hash?: bigint, now?: MonotonicMs): E | undefined {
    return this.#picker.pick(random, avoid, hash, now);
  }

  beyond(attempted: readonly string[]): Picker<E> {
    const beyond = this.#beyond;
    if (beyond === undefined) return this.#picker;
    const loads = spreadBeyond(
      beyond.health,
      attempted.map((id) => priorityOf(id, beyond.levels)),
    );
    return loads === undefined ? this.#picker : new PriorityPicker(loadedOf(loads, beyond.priority));
  }
}

/** Priorities that get a share at all. */
function loadedOf<E extends BalancedEndpoint>(
  percents: readonly number[],
  priority: (at: number) => Picker<E>,
): readonly LoadedPriority<E>[] {
  return percents.flatMap((percent, at) => (percent === 0 ? [] : [{ percent, picker: priority(at) }]));
}

function priorityOf<E extends BalancedEndpoint>(id: string, levels: readonly PriorityLevel<E>[]): number | undefined {
  const at = levels.findIndex(({ endpoints }) => endpoints.some(({ endpoint }) => endpoint.id === id));
  return at < 0 ? undefined : at;
}

function buildLevel<E extends BalancedEndpoint>(
  policy: BalancingPolicy,
  { endpoints, localities }: PriorityLevel<E>,
  panic: boolean,
  build: BuildPlace<E>,
  { hash64, random, callers }: ClusterPickerOptions<E>,
): Picker<E> {
  // Envoy leaves localities aside in a panic.
  if (panic) return build("", endpoints, anybody);
  const living = localities?.filter((group) => group.endpoints.some(isHealthy));
  const shares = living === undefined ? undefined : sharesOfLocalities(policy, living, callers ?? nobody);
  if (living === undefined || shares === undefined) return build("", endpoints, isHealthy);
  if (isHashing(policy)) return buildHashing(policy, sharesOf(living, isHealthy), hash64);
  const total = living.reduce((sum, { locality }) => sum + (shares.get(locality) ?? 0), 0);
  const weighted = living.flatMap((group) => {
    const weight = shares.get(group.locality);
    if (weight === undefined) return [];
    const size = policy.subsetSize && Math.max(1, Math.round((policy.subsetSize * weight) / total));
    return [{ weight, picker: build(group.locality, group.endpoints, isHealthy, size) }];
  });
  return weighted.length === 1 ? weighted[0]!.picker : new LocalityPicker(weighted, random);
}

const nobody: ReadonlyMap<string, number> = new Map();

/** Weights by locality; undefined where localities do not count. */
function sharesOfLocalities<E extends BalancedEndpoint>(
  policy: BalancingPolicy,
  living: readonly LocalityGroup<E>[],
  callers: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> | undefined {
  if (policy.locality?.kind !== "zones") {
    return new Map(living.map((group) => [group.locality, effectiveWeight(group)]));
  }
  // Envoy's hash balancers know nothing of zones.
  if (isHashing(policy)) return undefined;
  const { locality: own, minClusterSize } = policy.locality;
  const counts = living.map(({ locality, endpoints }) => [locality, endpoints.filter(isHealthy).length] as const);
  return zoneShares({ own, callers, endpoints: new Map(counts), minClusterSize });
}

/** A locality keeps its whole weight while 1 ÷ 1.4 of it is healthy. */
function effectiveWeight<E extends BalancedEndpoint>({ weight, endpoints }: LocalityGroup<E>): number {
  const healthy = endpoints.filter(isHealthy).length / endpoints.length;
  return weight * Math.min(1, (overprovisioningPercent / 100) * healthy);
}

function chooseMembers<E extends BalancedEndpoint>(
  policy: BalancingPolicy,
  members: readonly E[],
  usable: (balanced: E) => boolean,
  size: number | undefined = policy.subsetSize,
  { client = 0, hash64 }: ClusterPickerOptions<E>,
): readonly E[] {
  // A request that is pinned must meet the same endpoint from whichever client it comes.
  if (size === undefined || isHashing(policy)) return members.every(usable) ? members : members.filter(usable);
  return chooseSubset(members, usable, size, { client, hash64 });
}

function isHealthy({ state }: BalancedEndpoint): boolean {
  return !state.ejected;
}

function anybody(): boolean {
  return true;
}
