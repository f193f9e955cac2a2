import {
  type BalancingAlgorithm,
  type BalancingPolicy,
  defaultBalancing,
  type EffectiveTrafficPolicy,
  type LocalityPolicy,
  parseDurationMs,
  type ResiliencePolicy,
  type WarmupPolicy,
} from "@intramesh/core";
import type {
  LoadBalancerSpec,
  LocalitySpec,
  OutlierDetectionSpec,
  ZoneAwareSpec,
} from "../../spec/destination-rule.ts";
import type { MeshClient } from "../mesh-client.ts";
import { translateHashKeys } from "./translate-hash-keys.ts";
import { translateLocality } from "./translate-locality.ts";
import { translateZoneAware } from "./translate-zone-aware.ts";

/** What balancing depends on beside the trafficPolicy. */
export interface BalancingContext {
  readonly client: MeshClient;
  /** What the service itself says (`trafficDistribution`); takes effect without outlier detection too. */
  readonly nearness: LocalitySpec | undefined;
  /** The mesh's own localityLbSetting. */
  readonly meshLocality: LocalitySpec;
  /** The mesh's own zoneAwareLbSetting, which stands above that. */
  readonly meshZoneAware: ZoneAwareSpec | undefined;
  /** What a ResiliencePolicy says above the DestinationRule. */
  readonly resilience: Pick<ResiliencePolicy, "loadBalancer" | "subsetSize"> | undefined;
}

/** Share of its weight with which a newcomer starts where a rule does not say, in percent (Istio's API). */
const defaultMinimumPercent = 10;

/** One object for each algorithm where nothing else is said: clusters are many. */
const plain = new Map<BalancingAlgorithm, BalancingPolicy>();

function shared(policy: BalancingPolicy): BalancingPolicy {
  for (const [name, value] of Object.entries(defaultBalancing)) {
    if (name !== "algorithm" && policy[name as keyof BalancingPolicy] !== value) return policy;
  }
  const known = plain.get(policy.algorithm);
  if (known !== undefined) return known;
  plain.set(policy.algorithm, policy);
  return policy;
}

/** What loadBalancer and outlierDetection mean for the picks of one client. */
export function translateBalancing(effective: EffectiveTrafficPolicy, context: BalancingContext): BalancingPolicy {
  // The blocks have been checked to have these forms.
  const spec = effective.loadBalancer as LoadBalancerSpec;
  const outlier = effective.outlierDetection as OutlierDetectionSpec | null;
  const algorithm = algorithmOf(spec, context.resilience);
  const { ring, maglevTableSize, hashKeys } = defaultBalancing;
  const hash = spec.consistentHash;
  const minimumSize = hash?.ringHash?.minimumRingSize || hash?.minimumRingSize || ring.minimumSize;
  return shared({
    algorithm,
    ring: minimumSize === ring.minimumSize ? ring : { ...ring, minimumSize },
    maglevTableSize: hash?.maglev?.tableSize || maglevTableSize,
    hashKeys: algorithm === "RING_HASH" || algorithm === "MAGLEV" ? translateHashKeys(hash) : hashKeys,
    warmup: algorithm === "ROUND_ROBIN" || algorithm === "LEAST_REQUEST" ? translateWarmup(spec) : undefined,
    locality: localityOf(spec, outlier !== null, context),
    panicThresholdPercent: outlier?.minHealthPercent ?? 0,
    subsetSize: context.resilience?.subsetSize,
  });
}

function localityOf(
  { zoneAwareLbSetting, localityLbSetting }: LoadBalancerSpec,
  findsFailures: boolean,
  { client, nearness, meshLocality, meshZoneAware }: BalancingContext,
): LocalityPolicy | undefined {
  const hasOwn = localityLbSetting !== undefined || nearness !== undefined;
  const zoneAware = zoneAwareLbSetting ?? (hasOwn ? undefined : meshZoneAware);
  if (zoneAware !== undefined) return translateZoneAware(zoneAware, client);
  return translateLocality(localityLbSetting ?? nearness ?? meshLocality, {
    client,
    // Nothing else finds out that a locality is ill.
    failsOver: findsFailures || (localityLbSetting === undefined && nearness !== undefined),
  });
}

function algorithmOf(
  { simple, consistentHash }: LoadBalancerSpec,
  resilience: BalancingContext["resilience"],
): BalancingAlgorithm {
  if (resilience?.loadBalancer === "peakEwma") return "PEAK_EWMA";
  if (resilience?.loadBalancer === "eventLoopAware") return "EVENT_LOOP_AWARE";
  if (consistentHash !== undefined) return consistentHash.maglev === undefined ? "RING_HASH" : "MAGLEV";
  return simple === "ROUND_ROBIN" || simple === "RANDOM" || simple === "PASSTHROUGH" ? simple : "LEAST_REQUEST";
}

function translateWarmup({ warmup, warmupDurationSecs }: LoadBalancerSpec): WarmupPolicy | undefined {
  const text = warmup?.duration ?? warmupDurationSecs;
  const durationMs = text === undefined ? undefined : parseDurationMs(text);
  if (durationMs === undefined || durationMs <= 0) return undefined;
  return {
    durationMs,
    minimumPercent: warmup?.minimumPercent ?? defaultMinimumPercent,
    aggression: warmup?.aggression ?? 1,
  };
}
