import type { BalancedEndpoint } from "./picker.ts";

/** Istio's host_selection_retry_max_attempts (pilot/pkg/networking/core/route/retry). */
export const maxRedraws = 5;

/** Envoy's host re-selection: draws again while it meets an endpoint to avoid, five times, then takes what comes. */
export function reselect<E extends BalancedEndpoint>(draw: () => E, avoid: readonly string[]): E {
  let drawn = draw();
  for (let redraws = 0; redraws < maxRedraws && avoid.includes(drawn.endpoint.id); redraws++) drawn = draw();
  return drawn;
}
