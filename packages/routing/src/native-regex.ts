import { type CharSet, type PatternItem, parsePlainPattern } from "./plain-pattern.ts";

/**
 * How much may stand behind the one repetition that can run into what follows it. Each place where it may end costs
 * so many comparisons, on a path of 64 KiB still a few milliseconds.
 */
const maxTailChars = 16;

/**
 * The native expression that covers exactly the texts that the RE2 `pattern` covers, where the time that it takes is
 * proved to be linear in the text. Undefined where it is not: most patterns of people are plain enough.
 */
export function compileNativeRegex(pattern: string): RegExp | undefined {
  const items = parsePlainPattern(pattern);
  if (items === undefined || !isLinear(items)) return undefined;
  return new RegExp(`^${items.map(sourceOf).join("")}$`, "u");
}

/**
 * A repetition that gives characters back fails at once where what follows begins with none of them. One may be
 * otherwise, if little and nothing repeated follows.
 */
function isLinear(items: readonly PatternItem[]): boolean {
  return items.every((item, at) => {
    const rest = items.slice(at + 1);
    if (item.min === item.max || !runsInto(item.set, rest)) return true;
    const isFixed = rest.every(({ min, max }) => min === max);
    return isFixed && rest.reduce((sum, { max }) => sum + max, 0) <= maxTailChars;
  });
}

/** Whether what follows can begin with a character of the set. */
function runsInto(set: CharSet, rest: readonly PatternItem[]): boolean {
  for (const item of rest) {
    if (overlaps(set, item.set)) return true;
    if (item.min > 0) return false;
  }
  return false;
}

function overlaps(one: CharSet, other: CharSet): boolean {
  return (one.beyondAscii && other.beyondAscii) || [...one.ascii].some((code) => other.ascii.has(code));
}

/** Everything by its number, so that nothing in it means anything else to the native engine. */
function sourceOf({ set, min, max }: PatternItem): string {
  const codes = [...set.ascii].map((code) => `\\x${code.toString(16).padStart(2, "0")}`).join("");
  const beyond = set.beyondAscii ? "\\u{80}-\\u{10ffff}" : "";
  if (min === 1 && max === 1) return `[${codes}${beyond}]`;
  return `[${codes}${beyond}]{${min},${max === Number.POSITIVE_INFINITY ? "" : max}}`;
}
