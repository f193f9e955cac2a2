const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
];

/** An age as kubectl shows it, in its largest whole unit: `0s`, `42s`, `3m`. */
export function ageText(ms: number): string {
  const [unitMs, name] = units.find(([size]) => ms >= size) ?? [1_000, "s"];
  return `${Math.floor(Math.max(0, ms) / unitMs)}${name}`;
}

/** A setting as a person would write it: `3s`, `250ms`; `none` for null. */
export function durationText(ms: number | null): string {
  if (ms === null) return "none";
  return ms >= 1_000 && ms % 100 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
