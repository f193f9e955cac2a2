import { setTimeout as delay } from "node:timers/promises";
import type { Mesh } from "intramesh";
import { counter } from "./counters.ts";

/** Between two looks, ms. */
const pauseMs = 10;

/** Waits until `holds` is true; rejects, naming `what`, where it is not after `limitMs`. Resolves to the ms it took. */
export async function eventually(
  what: string,
  limitMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await holds();
    const tookMs = performance.now() - startedAt;
    if (answer && tookMs <= limitMs) return tookMs;
    if (tookMs > limitMs) throw new Error(`${what}: not so after ${Math.round(tookMs)} ms, the limit is ${limitMs} ms`);
    await delay(pauseMs);
  }
}

/** Holds where nothing is counted as in flight any more: every permit came back. */
export async function settled(mesh: Mesh): Promise<void> {
  await eventually("no request is in flight", 1_000, async () => {
    return (await counter(mesh, "envoy_cluster_upstream_rq_active")) === 0;
  });
}
