import type { LocalitySpec, ZoneAwareSpec } from "../spec/destination-rule.ts";
import type { Place } from "./place.ts";

/** Parts of a locality, which a failover list by label may not name beside regions. */
const localityLabels: ReadonlySet<string> = new Set([
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.istio.io/subzone",
]);

/** Checks a localityLbSetting; failover in it takes effect with outlier detection only. */
export function checkLocality(spec: LocalitySpec, place: Place, hasOutlierDetection: boolean): void {
  const { distribute = [], failover = [], failoverPriority = [] } = spec;
  if (distribute.length > 0 && (failover.length > 0 || failoverPriority.length > 0)) {
    place.error("distribute and failover exclude each other: keep one");
  }
  checkOverlap(
    distribute.map(({ from = "" }) => from),
    place.field("distribute"),
  );
  for (const [at, { from = "", to = {} }] of distribute.entries()) {
    const entry = place.field("distribute").at(at);
    checkPattern(from, entry.field("from"));
    for (const locality of Object.keys(to)) checkPattern(locality, entry.field("to").at(locality));
    checkOverlap(Object.keys(to), entry.field("to"));
    checkShares(to, entry.field("to"));
  }
  checkFailovers(failover, place.field("failover"));
  if (failover.length > 0 && failoverPriority.some((label) => localityLabels.has(label.split("=", 1)[0]!))) {
    place
      .field("failoverPriority")
      .error("names region, zone or subzone beside failover, which decides on regions: keep one");
  }
  warnWithoutDetection(spec, place, hasOutlierDetection);
}

/** Checks a zoneAwareLbSetting: regions and zones are its own matter, labels come on top. */
export function checkZoneAware(spec: ZoneAwareSpec, place: Place, hasOutlierDetection: boolean): void {
  for (const [at, label] of (spec.failoverPriority ?? []).entries()) {
    if (localityLabels.has(label))
      place.field("failoverPriority").at(at).error(`"${label}": regions and zones are looked at anyway; drop it`);
  }
  checkFailovers(spec.failover ?? [], place.field("failover"));
  warnWithoutDetection(spec, place, hasOutlierDetection);
}

function warnWithoutDetection(
  { failover = [], failoverPriority = [] }: Pick<LocalitySpec, "failover" | "failoverPriority">,
  place: Place,
  hasOutlierDetection: boolean,
): void {
  if (hasOutlierDetection || failover.length + failoverPriority.length === 0) return;
  place.warn("failover has no effect without outlierDetection: unhealthy endpoints are not noticed; add it");
}

function checkFailovers(failovers: NonNullable<LocalitySpec["failover"]>, place: Place): void {
  for (const [at, { from = "", to = "" }] of failovers.entries()) checkFailover(from, to, place.at(at));
}

function checkShares(to: Readonly<Record<string, number>>, place: Place): void {
  let sum = 0;
  for (const [locality, weight] of Object.entries(to)) {
    if (weight < 1 || weight > 100) place.at(locality).error(`${weight} is not a share: 1 to 100`);
    sum += weight;
  }
  if (sum !== 100) place.error(`the shares add up to ${sum}: they must add up to 100`);
}

function checkFailover(from: string, to: string, place: Place): void {
  if (from === to) place.error(`"${from}" fails over to itself: name another region`);
  for (const region of [from, to]) {
    if (region.includes("/") || region.includes("*"))
      place.error(`"${region}" is not a region: failover goes by region, without / and *`);
  }
}

function checkPattern(locality: string, place: Place): void {
  if (locality === "") place.error("a locality must not be empty");
  const star = locality.indexOf("*");
  if (star >= 0 && star !== locality.length - 1) place.error(`"${locality}": * may stand at the end only`);
  if (locality.split("/").length > 3) place.error(`"${locality}" is not region/zone/subzone`);
}

function checkOverlap(localities: readonly string[], place: Place): void {
  for (const [at, locality] of localities.entries()) {
    const other = localities.find(
      (earlier, before) => before < at && (isWithin(earlier, locality) || isWithin(locality, earlier)),
    );
    if (other !== undefined) place.error(`"${locality}" overlaps with "${other}"`);
  }
}

/** Whether `inner` lies within `outer`; a locality that names no zone stands for all zones. */
function isWithin(inner: string, outer: string): boolean {
  const prefix = outer.endsWith("*") ? outer.slice(0, -1) : `${outer}/`;
  return inner === outer || inner.startsWith(prefix) || outer === "*";
}
