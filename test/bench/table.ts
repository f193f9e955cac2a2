/** What a benchmark prints where rows with a baseline do not fit. */
export interface Table {
  readonly kind: "table";
  /** The first line names the columns. */
  readonly lines: readonly (readonly string[])[];
  /** Lines below it. */
  readonly notes: readonly string[];
}

/** Prints lines in columns, the first one as their heads. */
export function printColumns(lines: readonly (readonly string[])[]): void {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines) console.log(line.map((cell, column) => cell.padEnd(widths[column]!)).join("   "));
}
