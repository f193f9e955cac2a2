import type { Endpoint, EndpointState, Random } from "@intramesh/core";

/** What a picker chooses among: an endpoint and the load that is remembered of it. */
export interface BalancedEndpoint {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

/**
 * The momentary state of a balancer: replaced whenever endpoints or policy change, so that a pick never looks at
 * an endpoint that it may not choose.
 */
export interface Picker<E extends BalancedEndpoint = BalancedEndpoint> {
  /**
   * Chooses at once; undefined where there is nobody to choose (UH). `avoid` holds ids of endpoints tried already:
   * they are chosen only where several redraws bring nothing else.
   */
  pick(random: Random, avoid?: readonly string[]): E | undefined;
}
