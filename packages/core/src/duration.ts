const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 0.000_001,
};
const component = /(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)/y;

/**
 * Milliseconds of a duration as Istio writes it (`1.5s`, `500ms`, `1m30s`, `-1s`); undefined where the text is none.
 * Go's `time.ParseDuration` grammar.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  const negative = text.startsWith("-");
  let position = negative || text.startsWith("+") ? 1 : 0;
  if (position === text.length) return undefined;
  let total = 0;
  while (position < text.length) {
    component.lastIndex = position;
    const match = component.exec(text);
    if (match === null) return undefined;
    total += Number(match[1]) * unitMs[match[2]!]!;
    position = component.lastIndex;
  }
  const ms = Math.round(total * 1_000_000) / 1_000_000;
  return negative ? -ms : ms;
}
