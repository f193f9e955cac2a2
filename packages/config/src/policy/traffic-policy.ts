import type { EffectiveTrafficPolicy } from "@intramesh/core";
import type { TrafficPolicy, TrafficPolicyBlocks } from "../spec/destination-rule.ts";

/** What the balancing is where nobody wrote any. */
const defaultLoadBalancer = { simple: "LEAST_REQUEST" };

/** What a MeshConfig says for all hosts whose rules do not: its `defaultTrafficPolicy`. */
export type MeshTrafficPolicy = Pick<TrafficPolicyBlocks, "connectionPool" | "outlierDetection">;

/**
 * The blocks that hold for a port of a subset. Levels displace whole blocks, and port settings displace all four
 * of their level and of those below, whatever they leave out; nothing is merged inside a block. The mesh's own fill in
 * where no level has one.
 */
export function mergeTrafficPolicy(
  rule: TrafficPolicy | undefined,
  subset: TrafficPolicy | undefined,
  port: number,
  mesh: MeshTrafficPolicy = {},
): EffectiveTrafficPolicy {
  const blocks = portSettings(subset, port) ?? overlay(portSettings(rule, port) ?? rule ?? {}, subset ?? {});
  return {
    loadBalancer: blocks.loadBalancer ?? defaultLoadBalancer,
    connectionPool: blocks.connectionPool ?? mesh.connectionPool ?? null,
    outlierDetection: blocks.outlierDetection ?? mesh.outlierDetection ?? null,
    tls: blocks.tls ?? null,
  };
}

function portSettings(policy: TrafficPolicy | undefined, port: number): TrafficPolicyBlocks | undefined {
  return policy?.portLevelSettings?.find((settings) => settings.port?.number === port);
}

function overlay(below: TrafficPolicyBlocks, above: TrafficPolicyBlocks): Partial<EffectiveTrafficPolicy> {
  return {
    loadBalancer: above.loadBalancer ?? below.loadBalancer ?? defaultLoadBalancer,
    connectionPool: above.connectionPool ?? below.connectionPool ?? null,
    outlierDetection: above.outlierDetection ?? below.outlierDetection ?? null,
    tls: above.tls ?? below.tls ?? null,
  };
}
