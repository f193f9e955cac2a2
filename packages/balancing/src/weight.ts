import type { BalancedEndpoint } from "./picker.ts";

/** Share of an endpoint against its neighbours. Zero and less stand for "not said", which is 1, as in Envoy's EDS. */
export function weightOf({ endpoint }: BalancedEndpoint): number {
  return endpoint.weight > 0 ? endpoint.weight : 1;
}

/** What an endpoint weighs under LEAST_REQUEST when its neighbours weigh otherwise (Envoy's active_request_bias of 1). */
export function weightUnderLoad(balanced: BalancedEndpoint): number {
  return weightOf(balanced) / (balanced.state.active + 1);
}

/** True where a weighted schedule could not tell any endpoint from another. */
export function equallyWeighted(endpoints: readonly BalancedEndpoint[]): boolean {
  if (endpoints.length === 0) return true;
  const first = weightOf(endpoints[0]!);
  return endpoints.every((balanced) => weightOf(balanced) === first);
}
