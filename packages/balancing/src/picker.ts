import type { Endpoint, EndpointState, MonotonicMs, Random } from "@intramesh/core";

/** What a picker chooses among: an endpoint and the load that is remembered of it. */
export interface BalancedEndpoint {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

/**
 * The momentary state of a balancer: replaced whenever endpoints, their health or the policy change, so that a pick
 * never looks at an endpoint that it may not choose.
 */
export interface Picker<E extends BalancedEndpoint = BalancedEndpoint> {
  /**
   * Chooses at once; undefined where there is nobody to choose (UH). `avoid` holds ids of endpoints tried already:
   * they are chosen only where several redraws bring nothing else. `hash` is what the request is pinned by, unsigned
   * 64 bit; without it chance pins. `now` serves what ages: warm-up and averages; without it nothing does.
   */
  pick(random: Random, avoid?: readonly string[], hash?: bigint, now?: MonotonicMs): E | undefined;
}

/** The picker of a whole cluster. */
export interface ClusterPicker<E extends BalancedEndpoint = BalancedEndpoint> extends Picker<E> {
  /** When it must be built anew though nothing has changed, because the last warm-up is over; undefined: never. */
  readonly rebuildAt: MonotonicMs | undefined;
  /** True where a priority has so few healthy endpoints that their health is ignored. */
  readonly panicking: boolean;
  /**
   * The picker for a retry that turns to other priorities than those tried (Istio's `retryRemoteLocalities`), to be
   * asked once. `attempted` holds the ids of all endpoints tried so far, in order.
   */
  beyond(attempted: readonly string[]): Picker<E>;
}
