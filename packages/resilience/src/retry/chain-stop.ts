/** On a request that is a retry, or is sent on behalf of one, however many hops away. */
export const retryMarkHeader = "x-intramesh-retry";

/** Envoy's count of the attempts of the hop before. */
const attemptCountHeader = "x-envoy-attempt-count";

/**
 * True for an inbound request that is a retry upstream. What is called on its behalf is by default not retried again:
 * three tiers with two retries each would otherwise turn one request into 27.
 */
export function isRetryUpstream(header: (name: string) => string | undefined): boolean {
  return header(retryMarkHeader) !== undefined || Number(header(attemptCountHeader) ?? 1) > 1;
}

/** Whether an attempt carries the mark: it is a retry itself (`attempt` counts from 1), or serves one. */
export function needsRetryMark(attempt: number, servesRetry: boolean): boolean {
  return servesRetry || attempt > 1;
}
