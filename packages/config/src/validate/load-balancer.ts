import type { ConsistentHashSpec, LoadBalancerSpec, WarmupSpec } from "../spec/destination-rule.ts";
import { checkDuration, checkDurationOrZero } from "./durations.ts";
import { checkLocality, checkZoneAware } from "./locality.ts";
import type { Place } from "./place.ts";

/** Envoy's limits for the tables of consistent hashing, in entries. */
const maxTableSize = 5_000_011;
const maxRingSize = 8_388_608;

/** Kinds of balancing that can send less to newcomers. */
const warmable: ReadonlySet<string> = new Set(["UNSPECIFIED", "ROUND_ROBIN", "LEAST_REQUEST", "LEAST_CONN"]);

/** Checks a loadBalancer block; failover in it needs the outlierDetection beside it. */
export function checkLoadBalancer(spec: LoadBalancerSpec, place: Place, hasOutlierDetection: boolean): void {
  const { simple, consistentHash, warmup } = spec;
  if (simple !== undefined && consistentHash !== undefined)
    place.error("simple and consistentHash exclude each other: keep one");
  if (simple === "LEAST_CONN") place.field("simple").warn("LEAST_CONN is deprecated: use LEAST_REQUEST", "IST0002");
  if (consistentHash !== undefined) checkConsistentHash(consistentHash, place.field("consistentHash"));
  if (spec.warmupDurationSecs !== undefined) {
    place.field("warmupDurationSecs").warn("is deprecated: use warmup", "IST0002");
    checkDuration(spec.warmupDurationSecs, place.field("warmupDurationSecs"));
  }
  if (warmup !== undefined) {
    checkWarmup(warmup, place.field("warmup"));
    if (consistentHash !== undefined || !warmable.has(simple ?? "UNSPECIFIED")) {
      place.field("warmup").warn("has no effect: it goes with ROUND_ROBIN and LEAST_REQUEST only; change simple");
    }
  }
  if (spec.localityLbSetting !== undefined) {
    checkLocality(spec.localityLbSetting, place.field("localityLbSetting"), hasOutlierDetection);
  }
  if (spec.zoneAwareLbSetting !== undefined) {
    if (spec.localityLbSetting !== undefined)
      place.error("localityLbSetting and zoneAwareLbSetting exclude each other: keep one");
    checkZoneAware(spec.zoneAwareLbSetting, place.field("zoneAwareLbSetting"), hasOutlierDetection);
  }
}

function checkWarmup({ duration, minimumPercent = 0, aggression = 1 }: WarmupSpec, place: Place): void {
  if (duration === undefined) place.field("duration").error("is missing: say how long an endpoint warms up");
  checkDuration(duration, place.field("duration"));
  if (minimumPercent < 0 || minimumPercent > 100)
    place.field("minimumPercent").error(`${minimumPercent} is not a percentage: 0 to 100`);
  if (aggression <= 0) place.field("aggression").error(`${aggression} is too low: more than 0`);
}

const keyNames = ["httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"] as const;

function checkConsistentHash(spec: ConsistentHashSpec, place: Place): void {
  const keys = keyNames.filter((name) => spec[name] !== undefined);
  if (keys.length === 0) place.error(`needs a key: one of ${keyNames.join(", ")}`);
  if (keys.length > 1) place.error(`${keys.join(" and ")} exclude each other: one key`);
  if (spec.httpHeaderName === "") place.field("httpHeaderName").error("is empty: name a header");
  if (spec.httpQueryParameterName === "") place.field("httpQueryParameterName").error("is empty: name a parameter");
  if (spec.httpCookie !== undefined) {
    if (!spec.httpCookie.name) place.field("httpCookie").field("name").error("is missing: name the cookie");
    checkDurationOrZero(spec.httpCookie.ttl, place.field("httpCookie").field("ttl"));
    checkAttributes(spec.httpCookie.attributes ?? [], place.field("httpCookie").field("attributes"));
  }
  if (spec.ringHash !== undefined && spec.maglev !== undefined)
    place.error("ringHash and maglev exclude each other: keep one");
  if (spec.minimumRingSize !== undefined) {
    place.field("minimumRingSize").warn("is deprecated: use ringHash.minimumRingSize", "IST0002");
    if (spec.minimumRingSize > 0 && (spec.ringHash ?? spec.maglev) !== undefined)
      place.error("minimumRingSize excludes ringHash and maglev: drop it");
  }
  const ringSize = spec.ringHash?.minimumRingSize ?? 0;
  if (ringSize < 0 || ringSize > maxRingSize)
    place.field("ringHash").field("minimumRingSize").error(`${ringSize} is not a ring size: 0 to ${maxRingSize}`);
  if (spec.maglev !== undefined) checkTableSize(spec.maglev.tableSize, place.field("maglev").field("tableSize"));
}

function checkAttributes(attributes: readonly { readonly name?: string }[], place: Place): void {
  for (const [at, { name }] of attributes.entries()) {
    const entry = place.at(at).field("name");
    if (!name) entry.error("is missing: name the attribute");
    else if (attributes.findIndex((other) => other.name === name) < at) entry.error(`"${name}" is named twice`);
  }
}

function checkTableSize(size: number | undefined, place: Place): void {
  if (size === undefined || size === 0) place.error("is missing: a prime number such as 65537");
  else if (size >= maxTableSize) place.error(`${size} is too large: below ${maxTableSize}`);
  else if (!isPrime(size)) place.error(`${size} is not a prime number: take one such as 65537`);
}

function isPrime(value: number): boolean {
  if (value < 2) return false;
  for (let factor = 2; factor * factor <= value; factor += 1) if (value % factor === 0) return false;
  return true;
}
