/** Spaces between two columns, as kubectl has them. */
const gap = 3;

/** Lays out rows under the widest cell of each column; lines end with a newline. */
export function layOutColumns(rows: readonly (readonly string[])[], minimum: readonly number[] = []): string {
  const widths = columnWidths(rows, minimum);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index]! + gap))
          .join("")
          .trimEnd()}\n`,
    )
    .join("");
}

/** The widest cell of each column, `minimum` at least. */
export function columnWidths(rows: readonly (readonly string[])[], minimum: readonly number[] = []): readonly number[] {
  const widths = [...minimum];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return widths;
}
