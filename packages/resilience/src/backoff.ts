/**
 * Milliseconds to wait before retry number `retry`, 1 being the first. Envoy's fully jittered back-off: a whole number
 * below an interval that starts at `base` and doubles with each retry up to `max` (common/common/backoff_strategy.cc).
 * `roll` is in [0, 1).
 */
export function backoffMs(
  retry: number,
  { base, max }: { readonly base: number; readonly max: number },
  roll: number,
): number {
  return Math.floor(roll * Math.min(max, base * 2 ** (retry - 1)));
}
