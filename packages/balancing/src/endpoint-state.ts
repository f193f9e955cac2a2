import type { EndpointState, MonotonicMs } from "@intramesh/core";

/** The state of an endpoint that was added at `now`: idle, healthy, never measured. */
export function createEndpointState(now: MonotonicMs): EndpointState {
  return {
    active: 0,
    ejected: false,
    healthySince: now,
    latencyMs: 0,
    latencyAt: now,
    eventLoopUtilization: 0,
    eventLoopUtilizationAt: now,
  };
}

/** Takes an endpoint out of the balancing, or back in; pickers with it are to be built anew. */
export function setEjected(state: EndpointState, ejected: boolean, now: MonotonicMs): void {
  if (state.ejected && !ejected) state.healthySince = now;
  state.ejected = ejected;
}
