import { httpRetry } from "../schema/http-route.ts";
import type { HttpRetry } from "../spec/virtual-service.ts";
import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";
import type { Shape } from "./shape.ts";
import { shapeOf } from "./shape-of.ts";

/** Form of a retry policy; a MeshConfig has one too. */
export const retriesShape: Shape<HttpRetry> = shapeOf<HttpRetry>(httpRetry);

/** Conditions that Istio lets through (pkg/config/validation/agent). */
const conditions: ReadonlySet<string> = new Set([
  "5xx",
  "gateway-error",
  "reset",
  "reset-before-request",
  "connect-failure",
  "retriable-4xx",
  "refused-stream",
  "retriable-status-codes",
  "retriable-headers",
  "envoy-ratelimited",
  "http3-post-connect-failure",
  "cancelled",
  "deadline-exceeded",
  "internal",
  "resource-exhausted",
  "unavailable",
]);

/** Checks a retry policy, of a rule or of the mesh. */
export function checkRetries(retries: HttpRetry, place: Place): void {
  const { attempts = 0, perTryTimeout, retryOn, retryRemoteLocalities } = retries;
  if (attempts < 0) place.field("attempts").error(`${attempts} is negative: 0 switches retries off`);
  const isConfigured = perTryTimeout !== undefined || Boolean(retryOn) || retryRemoteLocalities !== undefined;
  if (attempts === 0 && isConfigured) {
    place.error(
      "attempts is 0, which switches retries off: raise it, or drop perTryTimeout, retryOn and retryRemoteLocalities",
    );
  }
  checkDuration(perTryTimeout, place.field("perTryTimeout"));
  checkDuration(retries.backoff, place.field("backoff"));
  if (retryOn) checkRetryOn(retryOn, place.field("retryOn"));
}

function checkRetryOn(retryOn: string, place: Place): void {
  for (const part of retryOn.split(",")) {
    if (conditions.has(part) || isStatusCode(part)) continue;
    const trimmed = part.trim();
    const isSpaced = trimmed !== part && (conditions.has(trimmed) || isStatusCode(trimmed));
    const rule = isSpaced
      ? "has spaces around it: write the list without"
      : `is not a condition: a status code, or one of ${[...conditions].join(", ")}`;
    place.error(`"${part}" ${rule}`);
  }
}

/** Statuses that Go's net/http has a name for: Istio asks it. */
const statusRanges: readonly (readonly [first: number, last: number])[] = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
];

function isStatusCode(text: string): boolean {
  return /^\d{3}$/.test(text) && statusRanges.some(([first, last]) => first <= Number(text) && Number(text) <= last);
}
