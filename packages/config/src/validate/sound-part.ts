/** What is left of a spec where some of its values have the wrong form. */
export interface SoundPart {
  /** The spec without the parts that such values are in. The rest has the right form. */
  readonly spec: unknown;
  /** A path in what is left, as a path of the whole. */
  originalPath(path: string): string;
  /** True where something was taken away below a path of the whole: what is missing there was written. */
  lacksSomethingAt(path: string): boolean;
}

/**
 * Takes away the parts of a spec that values of the wrong form are in (`misfits`, paths below `spec`). `parts` are
 * patterns of what may be taken away without making the rest look wrong, such as `http[]` and `http[].timeout`: the
 * narrowest that covers a value goes. Undefined where a value is in none.
 */
export function soundPart(spec: unknown, misfits: readonly string[], parts: readonly string[]): SoundPart | undefined {
  const patterns = [...parts].sort((one, other) => other.length - one.length).map(patternOf);
  const removed = new Set<string>();
  for (const misfit of misfits) {
    const part = patterns.map((pattern) => pattern.exec(misfit)?.[0]).find((found) => found !== undefined);
    if (part === undefined) return undefined;
    removed.add(part);
  }
  const lists = new Map<string, readonly number[]>();
  const sound = without(spec, "spec", removed, lists);
  return {
    spec: sound,
    originalPath(path) {
      for (const [list, places] of lists) {
        const [whole, at] = path.startsWith(`${list}[`) ? (/^\[(\d+)\]/.exec(path.slice(list.length)) ?? []) : [];
        if (whole !== undefined) return `${list}[${places[Number(at)]}]${path.slice(list.length + whole.length)}`;
      }
      return path;
    },
    lacksSomethingAt: (path) => [...removed].some((part) => part === path || beginsWith(part, path)),
  };
}

function patternOf(part: string): RegExp {
  return new RegExp(`^spec\\.${part.replaceAll(".", "\\.").replaceAll("[]", "\\[\\d+\\]")}(?=$|[.[])`);
}

function beginsWith(path: string, beginning: string): boolean {
  const next = path[beginning.length];
  return path.startsWith(beginning) && (next === "." || next === "[");
}

/** A copy without what is removed; `lists` gets the places of what is left of each list that has lost something. */
function without(
  value: unknown,
  path: string,
  removed: ReadonlySet<string>,
  lists: Map<string, readonly number[]>,
): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) {
    const kept = Object.entries(value).filter(([key]) => !removed.has(`${path}.${key}`));
    return Object.fromEntries(kept.map(([key, field]) => [key, without(field, `${path}.${key}`, removed, lists)]));
  }
  const places = [...value.keys()].filter((at) => !removed.has(`${path}[${at}]`));
  if (places.length < value.length) lists.set(path, places);
  return places.map((at) => without(value[at], `${path}[${at}]`, removed, lists));
}
