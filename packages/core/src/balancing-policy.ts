/*
 * How the requests of a cluster are spread over its endpoints, complete and defaulted. `undefined` says "none".
 * Everything that depends on the client (its locality, its labels) is resolved already.
 */

/** The first six are Istio's, the last two a ResiliencePolicy's. */
export type BalancingAlgorithm =
  | "LEAST_REQUEST"
  | "ROUND_ROBIN"
  | "RANDOM"
  | "RING_HASH"
  | "MAGLEV"
  | "PASSTHROUGH"
  | "PEAK_EWMA"
  | "EVENT_LOOP_AWARE";

/** Something of a request that decides where it goes. */
export type HashKey =
  | {
      readonly kind: "header";
      /** In lower case. */
      readonly name: string;
    }
  | {
      readonly kind: "cookie";
      readonly name: string;
      /** `""`: the cookie is set without a path. */
      readonly path: string;
      /** How long a generated cookie lives, in milliseconds; 0: a session. Undefined: none is generated. */
      readonly ttlMs: number | undefined;
      /** Further attributes of a generated cookie; an empty value stands for a name alone. */
      readonly attributes: readonly { readonly name: string; readonly value: string }[];
    }
  | { readonly kind: "source-ip" }
  | { readonly kind: "query-parameter"; readonly name: string };

/** Newcomers get less at first. */
export interface WarmupPolicy {
  /** Milliseconds from the moment an endpoint was added or became healthy. */
  readonly durationMs: number;
  /** The least share of its weight, 0 to 100. */
  readonly minimumPercent: number;
  /** 1 is linear, above it the share grows faster at first. */
  readonly aggression: number;
}

/** How much of the load goes to the localities that a pattern matches. */
export interface LocalityShare {
  /** `region/zone/subzone`; `*` or a missing part matches anything. */
  readonly locality: string;
  /** 1 to 100. */
  readonly percent: number;
}

/** What localities of endpoints mean to this client. */
export type LocalityPolicy =
  /** Shares per locality; a locality outside all of them gets nothing. */
  | { readonly kind: "distribute"; readonly shares: readonly LocalityShare[] }
  /** Nearer endpoints first, farther ones as far as the nearer ones are ill. */
  | {
      readonly kind: "failover";
      /**
       * Labels whose values an endpoint should share with the client, the weightiest first: the number of leading
       * ones that are equal is its priority. Empty: none were named.
       */
      readonly labels: readonly { readonly name: string; readonly value: string }[];
      /** Undefined: only the labels count. */
      readonly nearness: LocalityNearness | undefined;
      /** True where failover was written down: Envoy then spreads over the localities of a priority first. */
      readonly weighted: boolean;
    }
  /** The own region first, and in it shares by locality in proportion to where the callers are. */
  | {
      readonly kind: "zones";
      /** As above: they come before regions. */
      readonly labels: readonly { readonly name: string; readonly value: string }[];
      /** The client's own `region/zone/subzone`; `""` where it does not know. */
      readonly locality: string;
      /** The region that is preferred to other foreign ones. */
      readonly failoverRegion: string | undefined;
      /** Healthy endpoints below which only regions count. */
      readonly minClusterSize: number;
    };

/** Order by region, zone and subzone. */
export interface LocalityNearness {
  /** The client's own `region/zone/subzone`. */
  readonly locality: string;
  /** The region that is preferred to other foreign ones. */
  readonly failoverRegion: string | undefined;
}

/** How the requests of a cluster are spread over its endpoints. */
export interface BalancingPolicy {
  readonly algorithm: BalancingAlgorithm;
  /** Bounds of the number of points on the ring of RING_HASH. */
  readonly ring: { readonly minimumSize: number; readonly maximumSize: number };
  /** Entries of the table of MAGLEV, a prime number. */
  readonly maglevTableSize: number;
  /** All that are present are combined. */
  readonly hashKeys: readonly HashKey[];
  readonly warmup: WarmupPolicy | undefined;
  readonly locality: LocalityPolicy | undefined;
  /** Below this share of healthy endpoints, 0 to 100, health is ignored; 0: never. */
  readonly panicThresholdPercent: number;
  /** At most this many endpoints are used by one client; undefined: all. */
  readonly subsetSize: number | undefined;
}

/** What holds where nobody wrote anything: Istio's defaults, with Envoy's sizes. */
export const defaultBalancing: BalancingPolicy = {
  algorithm: "LEAST_REQUEST",
  ring: { minimumSize: 1024, maximumSize: 8_388_608 },
  maglevTableSize: 65_537,
  hashKeys: [],
  warmup: undefined,
  locality: undefined,
  panicThresholdPercent: 0,
  subsetSize: undefined,
};
