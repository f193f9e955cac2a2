import { createEndpointState } from "../endpoint-state.ts";
import type { BalancedEndpoint } from "../picker.ts";

/** Endpoints `e0`, `e1` … with these weights and nothing in flight. */
export function endpointsOf(...weights: readonly number[]): readonly BalancedEndpoint[] {
  return weights.map((weight, at) => endpoint(`e${at}`, weight));
}

/** One endpoint with `active` requests in flight. */
export function endpoint(id: string, weight: number = 1, active: number = 0): BalancedEndpoint {
  const [address, port, labels, locality, instance] = ["127.0.0.1", 9080, {}, "", id];
  return {
    endpoint: { id, address, port, labels, locality, weight, instance },
    state: { ...createEndpointState(0), active },
  };
}

/** What `count` picks bring, in order. */
export function picks(count: number, pick: () => BalancedEndpoint | undefined): readonly string[] {
  return Array.from({ length: count }, () => pick()?.endpoint.id ?? "nobody");
}
