/** How many endpoints a priority has, and how many of them are healthy. */
export interface PriorityHealth {
  readonly total: number;
  readonly healthy: number;
}

/** What a priority gets. */
export interface PriorityLoad {
  /** Share of the requests, 0 to 100; the shares of all priorities sum up to 100 where anybody can be picked. */
  readonly percent: number;
  /** True where so few are healthy that health is ignored. */
  readonly panic: boolean;
}

/** Envoy's overprovisioning factor of 1.4, in percent: a priority counts as whole while 1 ÷ 1.4 of it is healthy. */
export const overprovisioningPercent = 140;

/**
 * Spreads the load over priorities, the nearest first, as Envoy's load_balancer_impl.cc does: each takes what its
 * health allows, and what is left over by rounding goes to the first that is not wholly ill.
 */
export function spreadLoad(
  priorities: readonly PriorityHealth[],
  panicThresholdPercent: number,
): readonly PriorityLoad[] {
  const health = priorities.map(availability);
  const available = Math.min(
    100,
    health.reduce((sum, percent) => sum + percent, 0),
  );
  const panics = priorities.map((priority) => available < 100 && isPanicking(priority, panicThresholdPercent));
  if (panics.length > 0 && panics.every(Boolean)) return spreadInPanic(priorities);
  let left = 100;
  const loads = health.map((percent) => {
    const load = available === 0 ? 0 : Math.min(left, Math.floor((percent * 100) / available));
    left -= load;
    return load;
  });
  const first = health.findIndex((percent) => percent > 0);
  return loads.map((percent, at) => ({ percent: at === first ? percent + left : percent, panic: panics[at]! }));
}

function availability({ total, healthy }: PriorityHealth): number {
  return total === 0 ? 0 : Math.min(100, Math.floor((overprovisioningPercent * healthy) / total));
}

function isPanicking({ total, healthy }: PriorityHealth, thresholdPercent: number): boolean {
  return (total === 0 ? 0 : (100 * healthy) / total) < thresholdPercent;
}

/** Where every priority panics, each gets what its number of endpoints is worth. */
function spreadInPanic(priorities: readonly PriorityHealth[]): readonly PriorityLoad[] {
  const total = priorities.reduce((sum, priority) => sum + priority.total, 0);
  const loads = priorities.map((priority) => (total === 0 ? 0 : Math.floor((100 * priority.total) / total)));
  const left = 100 - loads.reduce((sum, load) => sum + load, 0);
  const first = priorities.findIndex((priority) => priority.total > 0);
  return loads.map((percent, at) => ({ percent: at === first ? percent + left : percent, panic: true }));
}
