/** Deviations of a binomial draw from its mean that all but one honest test in a million stay within. */
const allowedDeviations = 5;

/**
 * Throws unless `draw` brings each key of `shares` as often as its share of the sum says, and nothing else.
 * The message lists every key that is off, with both counts.
 */
export function expectDistribution(draws: number, draw: () => string, shares: Readonly<Record<string, number>>): void {
  const counts = new Map<string, number>();
  for (let at = 0; at < draws; at++) {
    const key = draw();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  const wrong: string[] = [];
  for (const [key, share] of Object.entries(shares)) {
    const expected = (draws * share) / total;
    const allowed = allowedDeviations * Math.sqrt(expected * (1 - share / total));
    const count = counts.get(key) ?? 0;
    counts.delete(key);
    if (Math.abs(count - expected) > allowed)
      wrong.push(`${key}: ${count}, expected ${expected} ± ${Math.ceil(allowed)}`);
  }
  for (const [key, count] of counts) wrong.push(`${key}: ${count}, expected none`);
  if (wrong.length > 0) throw new Error(`of ${draws} draws\n  ${wrong.join("\n  ")}`);
}
