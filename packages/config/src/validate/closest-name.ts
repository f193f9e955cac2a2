/** Typing errors that still count as "close": swapped, missing or doubled letters. */
const maxDistance = 2;

/** The one of `names` that was probably meant; undefined where none is close. */
export function findClosestName(name: string, names: readonly string[]): string | undefined {
  let closest: string | undefined;
  let least = Math.min(maxDistance, Math.floor(name.length / 2)) + 1;
  for (const candidate of names) {
    // Names of foreign length are not compared: what is typed may be of any length.
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    closest = candidate;
  }
  return closest;
}

/** Levenshtein's distance: letters to insert, drop or replace. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
