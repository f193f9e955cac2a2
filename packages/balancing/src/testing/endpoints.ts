import { createEndpointState } from "../endpoint-state.ts";
import type { BalancedEndpoint } from "../picker.ts";

/** Endpoints `e0`, `e1` … with these weights and nothing in flight. */
export function endpointsOf(...weights: readonly number[]): readonly BalancedEndpoint[] {
  return weights.map((weight, at) => endpoint(`e${at}`, weight));
}

/** One endpoint with `active` requests in flight. */
export function endpoint(id: string, weight: number = 1, active: number = 0, locality: string = ""): BalancedEndpoint {
  const [address, port, labels, instance] = ["127.0.0.1", 9080, {}, id];
  return {
    endpoint: { id, address, port, labels, locality, weight, instance },
    state: { ...createEndpointState(0), active },
  };
}

/** One endpoint of a locality. */
export function endpointIn(locality: string, id: string, weight: number = 1): BalancedEndpoint {
  return endpoint(id, weight, 0, locality);
}

/** The endpoints of Envoy's own tests of its hash balancers: `127.0.0.1:90`, `:91` … with these weights. */
export function numbered(...weights: readonly number[]): readonly BalancedEndpoint[] {
  return weights.map((weight, at) => endpoint(`127.0.0.1:${90 + at}`, weight));
}

/** What `count` picks bring, in order. */
export function picks(count: number, pick: () => BalancedEndpoint | undefined): readonly string[] {
  return Array.from({ length: count }, () => pick()?.endpoint.id ?? "nobody");
}

/** How often each endpoint is picked. */
export function tally(
  count: number,
  pick: (at: number) => BalancedEndpoint | undefined,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let at = 0; at < count; at++) {
    const id = pick(at)?.endpoint.id ?? "nobody";
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}
