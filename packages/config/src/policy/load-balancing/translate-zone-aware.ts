import { type LocalityPolicy, localityParts } from "@intramesh/core";
import type { ZoneAwareSpec } from "../../spec/destination-rule.ts";
import type { MeshClient } from "../mesh-client.ts";
import { resolveLabel } from "./translate-locality.ts";

/** Envoy's, where a rule says nothing (config/cluster/v3/cluster.proto, ZoneAwareLbConfig). */
const defaultMinClusterSize = 6;

/**
 * A zoneAwareLbSetting for one client; undefined where localities make no difference. It needs no outlier detection, and
 * where it is switched off it still displaces every other wish for near endpoints.
 */
export function translateZoneAware(spec: ZoneAwareSpec, client: MeshClient): LocalityPolicy | undefined {
  if (spec.enabled === false) return undefined;
  const { failover = [], failoverPriority = [], minClusterSize = defaultMinClusterSize } = spec;
  const { locality = "" } = client;
  if (locality === "" && failoverPriority.length === 0) return undefined;
  const { region } = localityParts(locality);
  return {
    kind: "zones",
    labels: failoverPriority.map((written) => resolveLabel(written, client)),
    locality,
    failoverRegion: failover.find(({ from }) => from === region)?.to,
    minClusterSize,
  };
}
