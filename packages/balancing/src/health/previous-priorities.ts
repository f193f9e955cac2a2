import { type PriorityHealth, spreadLoad } from "./priority-load.ts";

/** Istio's update_frequency: priorities tried already are looked at again after every second attempt. */
const updateFrequency = 2;

/**
 * The load of priorities for the attempt after these, as Envoy's previous_priorities.cc spreads it: those attempted
 * get none; once that leaves nobody, it begins anew with all of them. Undefined where the load is the usual one.
 * `attempted` holds one number for each attempt, undefined where its endpoint has gone.
 */
export function spreadBeyond(
  priorities: readonly PriorityHealth[],
  attempted: readonly (number | undefined)[],
): readonly number[] | undefined {
  const excluded = new Set<number | undefined>();
  let counted: (number | undefined)[] = [];
  let loads: readonly number[] | undefined;
  for (const priority of attempted) {
    counted.push(priority);
    if (counted.length < updateFrequency) loads = undefined;
    if (counted.length % updateFrequency !== 0) continue;
    for (const tried of counted) excluded.add(tried);
    loads = spreadWithout(priorities, excluded);
    if (loads !== undefined) continue;
    excluded.clear();
    counted = [];
    loads = spreadWithout(priorities, excluded);
  }
  return loads;
}

const nobody: PriorityHealth = { total: 0, healthy: 0 };

function spreadWithout(
  priorities: readonly PriorityHealth[],
  excluded: ReadonlySet<number | undefined>,
): readonly number[] | undefined {
  const left = priorities.map((priority, at) => (excluded.has(at) ? nobody : priority));
  const loads = spreadLoad(left, 0).map(({ percent }) => percent);
  return loads.some((percent) => percent > 0) ? loads : undefined;
}
