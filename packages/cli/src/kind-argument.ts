import { findKind, type KindInfo, kinds } from "@intramesh/config";
import { usageFailure } from "./command-result.ts";

/** Reads a kind as people write it: `vs`, `virtualservices`, `vs.networking.istio.io`, or several with commas. */
export function parseKinds(text: string): readonly KindInfo[] {
  return text.split(",").map(parseKind);
}

/** Throws a CommandFailure that names the known ones. */
export function parseKind(text: string): KindInfo {
  const info = findKind(text);
  if (info === undefined) throw usageFailure(unknownKind(text));
  return info;
}

/** What to tell about a kind that nobody knows. */
export function unknownKind(text: string): string {
  const near = nearestKind(text);
  const guess = near === undefined ? "" : ` Did you mean ${near}?`;
  const known = kinds.map(({ kind }) => kind).join(", ");
  return `"${text}" is not a kind that the registry keeps.${guess} Known are ${known}.`;
}

/** How an object is called in messages: `virtualservice.networking.istio.io/reviews`. */
export function resourceName(info: KindInfo, name: string): string {
  return `${info.singular}${info.group === "" ? "" : `.${info.group}`}/${name}`;
}

/** A typing mistake changes at most this many letters. */
const nearEnough = 2;

function nearestKind(text: string): string | undefined {
  const lower = text.toLowerCase();
  let nearest: string | undefined;
  let least = nearEnough + 1;
  for (const { kind, plural } of kinds) {
    const distance = Math.min(editDistance(lower, kind.toLowerCase()), editDistance(lower, plural));
    if (distance >= least) continue;
    nearest = kind;
    least = distance;
  }
  return nearest;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
