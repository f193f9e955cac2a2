import type { PortSelector } from "./virtual-service.ts";

/*
 * DestinationRule as Istio writes it (networking/v1alpha3/destination_rule.proto). Blocks that only their
 * executors look into stay open records; `validate/traffic-policy.ts` knows their fields.
 */

/** One block of a trafficPolicy, as written. */
export type PolicyBlock = Readonly<Record<string, unknown>>;

/** The four blocks that every level of a rule has. */
export interface TrafficPolicyBlocks {
  readonly loadBalancer?: PolicyBlock;
  readonly connectionPool?: PolicyBlock;
  readonly outlierDetection?: PolicyBlock;
  readonly tls?: PolicyBlock;
}

/** Settings of one port; they displace all four blocks of their level. */
export interface PortTrafficPolicy extends TrafficPolicyBlocks {
  readonly port?: PortSelector;
}

/** How a host, or a subset of it, is called. */
export interface TrafficPolicy extends TrafficPolicyBlocks {
  readonly portLevelSettings?: readonly PortTrafficPolicy[];
  readonly tunnel?: PolicyBlock;
  readonly proxyProtocol?: PolicyBlock;
  readonly retryBudget?: PolicyBlock;
}

/** Some of the endpoints of a host, by their labels. */
export interface SubsetSpec {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly trafficPolicy?: TrafficPolicy;
}

/** The spec of a DestinationRule. */
export interface DestinationRuleSpec {
  readonly host?: string;
  readonly trafficPolicy?: TrafficPolicy;
  readonly subsets?: readonly SubsetSpec[];
  readonly exportTo?: readonly string[];
  readonly workloadSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}
