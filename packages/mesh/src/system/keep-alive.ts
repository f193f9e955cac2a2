import type { Cancel } from "@intramesh/core";

/** Longest interval that a timer of Node takes, ms. */
const longestIntervalMs = 2 ** 31 - 1;

/** Keeps the process alive until it is cancelled: the mesh's own timers do not. */
export function keepAlive(): Cancel {
  const timer = setInterval(() => {}, longestIntervalMs);
  return () => clearInterval(timer);
}
