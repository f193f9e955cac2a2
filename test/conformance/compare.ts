/** Room for shares such as a third, which the cases write with four digits. */
const tolerance = 0.001;

/**
 * Where `actual` differs from the part that `expected` names: objects are compared on the keys given, arrays by
 * length and element by element. One line for each difference; none where everything fits.
 */
export function findDifferences(expected: unknown, actual: unknown, path = "decision"): readonly string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [differ(path, expected, actual)];
    return expected.flatMap((element, at) => findDifferences(element, actual[at], `${path}[${at}]`));
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return [differ(path, expected, actual)];
    return Object.entries(expected).flatMap(([key, value]) => findDifferences(value, actual[key], `${path}.${key}`));
  }
  if (typeof expected === "number" && typeof actual === "number") {
    return Math.abs(expected - actual) <= tolerance ? [] : [differ(path, expected, actual)];
  }
  return expected === actual ? [] : [differ(path, expected, actual)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function differ(path: string, expected: unknown, actual: unknown): string {
  return `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}
