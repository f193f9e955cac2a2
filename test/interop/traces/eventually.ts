import { setTimeout as delay } from "node:timers/promises";

/** Between two looks. */
const pauseMs = 50;

/** Looks until there is something to see; throws, naming `what`, where there is nothing after `limitMs`. */
export async function eventually<Value>(
  what: string,
  limitMs: number,
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const endsAt = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > endsAt) throw new Error(`${what}: not after ${limitMs} ms`);
    await delay(pauseMs);
  }
}
