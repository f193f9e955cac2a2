import { setTimeout as delay } from "node:timers/promises";

/** Between two looks. */
const pauseMs = 10;

/** Waits until `holds` is true; rejects, naming `what`, where it is not after `limitMs`. Resolves to the ms that it took. */
export async function eventually(what: string, limitMs: number, holds: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await holds();
    const tookMs = performance.now() - startedAt;
    if (answer && tookMs <= limitMs) return tookMs;
    if (tookMs > limitMs) throw new Error(`${what}: not so after ${Math.round(tookMs)} ms, the limit is ${limitMs} ms`);
    await delay(pauseMs);
  }
}
