const lineWidth = 120;

/** JSON as the formatter of this repository writes it: lists of plain values stay in one line where they fit. */
export function renderJson(value: unknown): string {
  return `${render(value, "", 0)}\n`;
}

/** `taken`: what stands before the value in its line, in characters. */
function render(value: unknown, indent: string, taken: number): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const line = `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
    const isPlain = items.every((item) => typeof item !== "object" || item === null);
    // One more for the comma behind it.
    if (isPlain && taken + line.length + 1 <= lineWidth) return line;
    return `[\n${items.map((item) => `${inner}${render(item, inner, inner.length)}`).join(",\n")}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => {
    const head = `${inner}${JSON.stringify(key)}: `;
    return `${head}${render(entry, inner, head.length)}`;
  });
  return entries.length === 0 ? "{}" : `{\n${entries.join(",\n")}\n${indent}}`;
}
