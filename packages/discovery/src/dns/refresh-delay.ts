/** Istio's dnsRefreshRate, for answers that say nothing of their age: the hosts file, the system. */
const refreshMs = 60_000;

/** A TTL of 0 forbids to keep the answer; nobody asks once per request for it. Envoy's dns_min_refresh_rate. */
const uncachedMs = 5_000;

/** The shortest TTL that DNS can tell, and the longest for which nobody looks whether a name has moved. */
const shortestMs = 1_000;
const longestMs = 300_000;

/** Of the TTL, so that a thousand processes that began together do not ask together for ever. */
const jitterRatio = 0.1;
/** Beyond which jitter would be felt: an answer that changes is used within its TTL and a second. */
const longestJitterMs = 500;

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

/** How long an answer is good for, in ms; `roll` in [0, 1) spreads it. `ttlMs` undefined: nobody says. */
export function refreshDelayMs(ttlMs: number | undefined, roll: number): number {
  const whole =
    ttlMs === undefined ? refreshMs : ttlMs <= 0 ? uncachedMs : Math.min(longestMs, Math.max(shortestMs, ttlMs));
  return whole + roll * Math.min(longestJitterMs, whole * jitterRatio);
}

/**
 * How long to wait after a failed look-up, in ms: between half of and a whole interval that doubles from 1 s to 30 s.
 * `failures`: how many there were before it.
 */
export function retryDelayMs(failures: number, roll: number): number {
  const interval = Math.min(longestRetryMs, firstRetryMs * 2 ** failures);
  return interval / 2 + (roll * interval) / 2;
}
