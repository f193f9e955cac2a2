/** One measured figure: ours beside a baseline of the same run. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly baseline: number;
  /** ours ÷ baseline */
  readonly ratio: number;
  readonly unit: string;
  /** The figure to reach; infinite where only `limit` counts. */
  readonly atMost: number;
  /** A figure that `ours` has to reach by itself, in `unit`. */
  readonly limit?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
