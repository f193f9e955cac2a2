import type { EffectiveTrafficPolicy } from "@intramesh/core";
import type { TrafficPolicy } from "../spec/destination-rule.ts";

/** TLS modes that need certificates of this workload. */
const certificateModes: ReadonlySet<unknown> = new Set(["MUTUAL", "ISTIO_MUTUAL"]);

/**
 * The setting of a DestinationRule without which its host may not be called and that cannot be honoured here; calls
 * are refused, because sending them in the clear or straight on is not what was asked for.
 */
export function unsupportedSetting(
  effective: EffectiveTrafficPolicy,
  levels: readonly (TrafficPolicy | undefined)[],
): string | undefined {
  const mode = effective.tls?.["mode"];
  if (certificateModes.has(mode)) return `trafficPolicy.tls.mode ${String(mode)}`;
  for (const level of levels) {
    if (level === undefined) continue;
    if ("tunnel" in level && level.tunnel !== undefined) return "trafficPolicy.tunnel";
    if ("proxyProtocol" in level && level.proxyProtocol !== undefined) return "trafficPolicy.proxyProtocol";
  }
  return undefined;
}
