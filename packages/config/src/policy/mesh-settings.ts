import type { MeshAccessLog, PathNormalization } from "@intramesh/core";
import type { LocalitySpec, ZoneAwareSpec } from "../spec/destination-rule.ts";
import type { HttpRetry } from "../spec/virtual-service.ts";
import type { MeshTrafficPolicy } from "./traffic-policy.ts";

/** What a MeshConfig says for the whole mesh. */
export interface MeshSettings {
  /** What happens to hosts that nobody declared. */
  readonly outboundTrafficPolicy: "ALLOW_ANY" | "REGISTRY_ONLY";
  readonly pathNormalization: PathNormalization;
  /** Namespace whose resources hold for all others. */
  readonly rootNamespace: string;
  readonly trustDomain: string;
  /** DNS suffix of services: `reviews.default.svc.<domain>`. */
  readonly domain: string;
  /** Limit for opening a connection, unless a DestinationRule says otherwise. */
  readonly connectTimeoutMs: number;
  /** Retries of routes that say nothing about them; undefined: Istio's own default. */
  readonly defaultHttpRetryPolicy: HttpRetry | undefined;
  /** Limits and outlier detection of hosts whose DestinationRules have none. */
  readonly defaultTrafficPolicy: MeshTrafficPolicy;
  /** What localities mean to hosts whose DestinationRule does not say. */
  readonly localityLbSetting: LocalitySpec;
  /** Stands above `localityLbSetting`; undefined: nobody wrote one. */
  readonly zoneAwareLbSetting: ZoneAwareSpec | undefined;
  /** Access logs of all workloads, where no Telemetry resource says otherwise. */
  readonly accessLog: MeshAccessLog;
}

/** Istio's own defaults (pkg/config/mesh/mesh.go). */
export const defaultMeshSettings: MeshSettings = {
  outboundTrafficPolicy: "ALLOW_ANY",
  pathNormalization: "BASE",
  rootNamespace: "istio-system",
  trustDomain: "cluster.local",
  domain: "cluster.local",
  connectTimeoutMs: 10_000,
  defaultHttpRetryPolicy: undefined,
  defaultTrafficPolicy: {},
  localityLbSetting: { enabled: true },
  zoneAwareLbSetting: undefined,
  accessLog: { file: undefined, format: undefined, encoding: "TEXT" },
};
