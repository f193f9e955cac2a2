import { setTimeout as delay } from "node:timers/promises";

/** Between two looks, ms. */
const pauseMs = 10;

/** Waits until `holds` is true; rejects, naming `what`, where it is not after `limitMs`. Resolves to the ms that it took. */
export async function eventually(
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<number> {
  const startedAt = performance.now();
  await firstSeen(what, limitMs, async () => ((await holds()) ? true : undefined));
  return performance.now() - startedAt;
}

/** Looks until there is something to see, and resolves to it; rejects, naming `what`, where there is nothing after `limitMs`. */
export async function firstSeen<Value>(
  what: string,
  limitMs: number,
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  const startedAt = performance.now();
  for (;;) {
    const seen = await look();
    const tookMs = performance.now() - startedAt;
    if (seen !== undefined && tookMs <= limitMs) return seen;
    if (tookMs > limitMs) throw new Error(`${what}: not so after ${Math.round(tookMs)} ms, the limit is ${limitMs} ms`);
    await delay(pauseMs);
  }
}
