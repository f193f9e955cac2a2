/** Envoy counts in hundredths of a percent, rounded down (load_balancer_impl.cc, calculateLocalityPercentages). */
const whole = 10_000;

/** Where the callers of a cluster and its healthy endpoints are. */
export interface ZoneCounts {
  /** The caller's own `region/zone/subzone`. */
  readonly own: string;
  /** Instances of the caller's service by locality, itself included. */
  readonly callers: ReadonlyMap<string, number>;
  /** Healthy endpoints by locality, none of them 0. */
  readonly endpoints: ReadonlyMap<string, number>;
  /** Endpoints below which localities are not looked at. */
  readonly minClusterSize: number;
}

/**
 * Which part of its requests a caller sends to which locality, as weights, so that as many as possible stay in its own
 * and all endpoints get the same: Envoy's zone aware routing. Localities that get nothing are not named. Undefined where
 * localities do not count: one alone on either side, no known caller in the own one, too few endpoints.
 */
export function zoneShares({
  own,
  callers,
  endpoints,
  minClusterSize,
}: ZoneCounts): ReadonlyMap<string, number> | undefined {
  const size = sum(endpoints);
  if (endpoints.size < 2 || callers.size < 2 || (callers.get(own) ?? 0) === 0 || size < minClusterSize)
    return undefined;
  const callersIn = percentagesOf(callers);
  const endpointsIn = percentagesOf(endpoints);
  const ownCallers = callersIn.get(own)!;
  const ownEndpoints = endpointsIn.get(own) ?? 0;
  if (ownEndpoints > 0 && ownEndpoints >= ownCallers) return new Map([[own, 1]]);
  const staying = ownCallers > 0 ? Math.floor((ownEndpoints * whole) / ownCallers) : 0;
  return new Map([
    ...(staying > 0 ? [[own, staying] as const] : []),
    ...leaving(whole - staying, own, callersIn, endpointsIn),
  ]);
}

/** Divides what does not stay by what the other localities can take beyond their own callers. */
function leaving(
  part: number,
  own: string,
  callersIn: ReadonlyMap<string, number>,
  endpointsIn: ReadonlyMap<string, number>,
): readonly (readonly [locality: string, weight: number])[] {
  const others = [...endpointsIn].filter(([locality]) => locality !== own);
  const spare = others.map(([locality, percentage]) => Math.max(0, percentage - (callersIn.get(locality) ?? 0)));
  const total = spare.reduce((all, one) => all + one, 0);
  // Nothing but rounding leaves no room anywhere.
  if (total === 0) return others.map(([locality]) => [locality, part / others.length]);
  return others.flatMap(([locality], at) =>
    spare[at] === 0 ? [] : [[locality, (part * spare[at]!) / total] as const],
  );
}

function percentagesOf(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const total = sum(counts);
  return new Map([...counts].map(([locality, count]) => [locality, Math.floor((whole * count) / total)]));
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
