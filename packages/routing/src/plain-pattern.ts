/** Characters that an item takes. */
export interface CharSet {
  /** Codes below 128. */
  readonly ascii: ReadonlySet<number>;
  /** All others too. */
  readonly beyondAscii: boolean;
}

/** One character of a set, `min` to `max` times. */
export interface PatternItem {
  readonly set: CharSet;
  readonly min: number;
  /** Infinite where there is no end. */
  readonly max: number;
}

const asciiSize = 128;
const newline = 10;
/** RE2 takes no larger counts. */
const maxCount = 1_000;

const plain = /[\w \-/:;,=@#%&!~"'<>]/y;
const escapedPunctuation = /\\([!-/:-@[-`{-~])/y;
const shorthand = /\\([dws])/y;
const quantifier = /[*+?](?![*+?{])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\}(?![*+?{])/y;
/** One character of a class, or a range of two. */
const classRange = /([\w ./:;,=@#%&!~"'<>*+?(){}$|]|\\[!-/:-@[-`{-~])(?:-([A-Za-z0-9]))?/y;

/**
 * The items of a pattern of plain characters, classes and single repetitions, anchors at its ends left out: a match
 * has to cover the whole text anyway. Undefined where there is anything else in it, groups and alternatives included.
 */
export function parsePlainPattern(pattern: string): readonly PatternItem[] | undefined {
  const text = pattern.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  const items: PatternItem[] = [];
  let at = 0;
  while (at < text.length) {
    const atom = readAtom(text, at);
    if (atom === undefined) return undefined;
    const count = readCount(text, atom.end);
    if (count === undefined) return undefined;
    items.push({ set: atom.set, min: count.min, max: count.max });
    at = count.end;
  }
  return items;
}

interface Atom {
  readonly set: CharSet;
  readonly end: number;
}

function readAtom(text: string, at: number): Atom | undefined {
  if (text[at] === "[") return readClass(text, at);
  if (text[at] === ".") return { set: without(new Set([newline])), end: at + 1 };
  const literal = matchAt(plain, text, at)?.[0] ?? matchAt(escapedPunctuation, text, at)?.[1];
  if (literal !== undefined) {
    const length = text[at] === "\\" ? 2 : 1;
    return { set: { ascii: new Set([literal.charCodeAt(0)]), beyondAscii: false }, end: at + length };
  }
  const short = matchAt(shorthand, text, at)?.[1];
  return short === undefined ? undefined : { set: { ascii: codesOf(short), beyondAscii: false }, end: at + 2 };
}

function readClass(text: string, start: number): Atom | undefined {
  const isNegated = text[start + 1] === "^";
  const codes = new Set<number>();
  let at = start + (isNegated ? 2 : 1);
  while (at < text.length && text[at] !== "]") {
    const short = matchAt(shorthand, text, at)?.[1];
    if (short !== undefined) {
      for (const code of codesOf(short)) codes.add(code);
      at += 2;
      // A range may not begin with a class.
      if (text[at] === "-" && text[at + 1] !== "]") return undefined;
      continue;
    }
    if (text[at] === "-" && text[at + 1] === "]") {
      codes.add("-".charCodeAt(0));
      at += 1;
      continue;
    }
    const range = matchAt(classRange, text, at);
    if (range === null) return undefined;
    const low = range[1]!.charCodeAt(range[1]!.length - 1);
    const high = range[2] === undefined ? low : range[2].charCodeAt(0);
    if (high < low) return undefined;
    for (let code = low; code <= high; code += 1) codes.add(code);
    at += range[0].length;
    if (range[2] !== undefined && text[at] === "-" && text[at + 1] !== "]") return undefined;
  }
  if (text[at] !== "]" || codes.size === 0) return undefined;
  return { set: isNegated ? without(codes) : { ascii: codes, beyondAscii: false }, end: at + 1 };
}

function readCount(text: string, at: number): { min: number; max: number; end: number } | undefined {
  const next = text[at];
  if (next === undefined || !"*+?{".includes(next)) return { min: 1, max: 1, end: at };
  const match = matchAt(quantifier, text, at);
  if (match === null) return undefined;
  const end = at + match[0].length;
  if (next !== "{") return { min: next === "+" ? 1 : 0, max: next === "?" ? 1 : Number.POSITIVE_INFINITY, end };
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]);
  const isValid = min <= maxCount && min <= max && (max <= maxCount || max === Number.POSITIVE_INFINITY);
  return isValid ? { min, max, end } : undefined;
}

/** What RE2 means by `\d`, `\w` and `\s`; the native `\s` takes more. */
function codesOf(short: string): ReadonlySet<number> {
  const pattern = short === "d" ? /[0-9]/ : short === "w" ? /[0-9A-Za-z_]/ : /[\t\n\f\r ]/;
  return new Set(asciiCodes().filter((code) => pattern.test(String.fromCharCode(code))));
}

function without(codes: ReadonlySet<number>): CharSet {
  return { ascii: new Set(asciiCodes().filter((code) => !codes.has(code))), beyondAscii: true };
}

function asciiCodes(): readonly number[] {
  return Array.from({ length: asciiSize }, (_, code) => code);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
