import { type PathNormalization, parseDurationMs } from "@intramesh/core";
import type { Issue } from "../resource.ts";
import { connectionPool } from "../schema/connection-pool.ts";
import { localitySetting, zoneAware } from "../schema/load-balancer.ts";
import { outlierDetection } from "../schema/traffic-policy.ts";
import type {
  ConnectionPoolSpec,
  LocalitySpec,
  OutlierDetectionSpec,
  ZoneAwareSpec,
} from "../spec/destination-rule.ts";
import type { HttpRetry } from "../spec/virtual-service.ts";
import { checkConnectionPool } from "../validate/connection-pool.ts";
import { checkDuration } from "../validate/durations.ts";
import { checkLocality, checkZoneAware } from "../validate/locality.ts";
import { checkDnsLabel } from "../validate/names.ts";
import { checkOutlierDetection } from "../validate/outlier-detection.ts";
import { Place } from "../validate/place.ts";
import { checkRetries, retriesShape } from "../validate/retries.ts";
import { fields, isRecord, oneOf, type Shape, text } from "../validate/shape.ts";
import { shapeOf } from "../validate/shape-of.ts";
import type { MeshSettings } from "./mesh-settings.ts";
import { meshAccessLog } from "./telemetry/mesh-access-log.ts";
import type { MeshTrafficPolicy } from "./traffic-policy.ts";

/** What became of a MeshConfig document. */
export interface ParsedMeshSettings {
  /** What the document says; undefined where an issue is an error. */
  readonly settings: Partial<MeshSettings> | undefined;
  readonly issues: readonly Issue[];
}

/** The fields of a MeshConfig that intramesh reads. */
interface MeshConfig {
  readonly outboundTrafficPolicy?: { readonly mode?: MeshSettings["outboundTrafficPolicy"] };
  readonly rootNamespace?: string;
  readonly trustDomain?: string;
  readonly connectTimeout?: string;
  readonly defaultHttpRetryPolicy?: HttpRetry;
  readonly defaultTrafficPolicy?: MeshTrafficPolicy;
  readonly localityLbSetting?: LocalitySpec;
  readonly zoneAwareLbSetting?: ZoneAwareSpec;
  readonly accessLogFile?: string;
  readonly accessLogFormat?: string;
  readonly accessLogEncoding?: "TEXT" | "JSON";
  readonly pathNormalization?: { readonly normalization?: "DEFAULT" | PathNormalization };
}

const shapes: { readonly [Key in keyof MeshConfig]-?: Shape<Exclude<MeshConfig[Key], undefined>> } = {
  outboundTrafficPolicy: fields({ mode: oneOf("ALLOW_ANY", "REGISTRY_ONLY") }),
  rootNamespace: text,
  trustDomain: text,
  connectTimeout: text,
  defaultHttpRetryPolicy: retriesShape,
  defaultTrafficPolicy: fields<MeshTrafficPolicy>({
    connectionPool: shapeOf<ConnectionPoolSpec>(connectionPool),
    outlierDetection: shapeOf<OutlierDetectionSpec>(outlierDetection),
  }),
  accessLogFile: text,
  accessLogFormat: text,
  accessLogEncoding: oneOf("TEXT", "JSON"),
  localityLbSetting: shapeOf<LocalitySpec>(localitySetting),
  zoneAwareLbSetting: shapeOf<ZoneAwareSpec>(zoneAware),
  pathNormalization: fields({
    normalization: oneOf("DEFAULT", "NONE", "BASE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"),
  }),
};
const shape: Shape<MeshConfig> = fields<MeshConfig>(shapes);

/**
 * Reads a MeshConfig document. Fields that intramesh has no use for are warnings, not errors: a mesh has many
 * that concern sidecars only.
 */
export function parseMeshSettings(input: unknown): ParsedMeshSettings {
  const issues: Issue[] = [];
  const place = new Place(issues, "");
  const document = input ?? {};
  if (!isRecord(document)) {
    place.error("a MeshConfig is an object with fields such as outboundTrafficPolicy");
    return { settings: undefined, issues };
  }
  const known: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(document)) {
    if (value === null) continue;
    if (Object.hasOwn(shapes, key)) known[key] = value;
    else place.field(key).warn("is not read by intramesh: it has no effect");
  }
  const settings = shape(known, place) ? settingsOf(known, place) : undefined;
  return { settings: issues.some(({ severity }) => severity === "error") ? undefined : settings, issues };
}

function settingsOf(config: MeshConfig, place: Place): Partial<MeshSettings> {
  const {
    outboundTrafficPolicy,
    pathNormalization,
    rootNamespace,
    trustDomain,
    connectTimeout,
    defaultHttpRetryPolicy,
    defaultTrafficPolicy,
    localityLbSetting,
    zoneAwareLbSetting,
  } = config;
  if (rootNamespace !== undefined) checkDnsLabel(rootNamespace, place.field("rootNamespace"));
  checkDuration(connectTimeout, place.field("connectTimeout"));
  if (defaultHttpRetryPolicy !== undefined) checkRetries(defaultHttpRetryPolicy, place.field("defaultHttpRetryPolicy"));
  if (defaultTrafficPolicy !== undefined) {
    const { connectionPool: pool, outlierDetection: outliers } = defaultTrafficPolicy;
    const policyPlace = place.field("defaultTrafficPolicy");
    if (pool !== undefined) checkConnectionPool(pool, policyPlace.field("connectionPool"));
    if (outliers !== undefined) checkOutlierDetection(outliers, policyPlace.field("outlierDetection"));
  }
  // Which hosts detect outliers is their rules' matter.
  if (localityLbSetting !== undefined) checkLocality(localityLbSetting, place.field("localityLbSetting"), true);
  if (zoneAwareLbSetting !== undefined) checkZoneAware(zoneAwareLbSetting, place.field("zoneAwareLbSetting"), true);
  const accessLog = meshAccessLog(config, place);
  const normalization = pathNormalization?.normalization;
  const connectTimeoutMs = connectTimeout === undefined ? undefined : parseDurationMs(connectTimeout);
  return {
    // A block without a mode is protobuf's first value.
    ...(outboundTrafficPolicy && { outboundTrafficPolicy: outboundTrafficPolicy.mode ?? "REGISTRY_ONLY" }),
    ...(normalization && { pathNormalization: normalization === "DEFAULT" ? "BASE" : normalization }),
    ...(rootNamespace && { rootNamespace }),
    ...(trustDomain && { trustDomain }),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(defaultHttpRetryPolicy && { defaultHttpRetryPolicy }),
    ...(defaultTrafficPolicy && { defaultTrafficPolicy }),
    ...(localityLbSetting && { localityLbSetting }),
    ...(zoneAwareLbSetting && { zoneAwareLbSetting }),
    ...(accessLog && { accessLog }),
  };
}
