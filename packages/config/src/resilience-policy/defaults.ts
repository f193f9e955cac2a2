/* What a ResiliencePolicy means where a block leaves a field out, and whose figures these are. */

/** Hystrix (HystrixCommandProperties): a window of 10 s, 20 requests, half of them failed, a probe after 5 s. */
export const defaultBreaker: {
  readonly errorThresholdPercentage: number;
  readonly volumeThreshold: number;
  readonly rollingWindowMs: number;
  readonly resetTimeoutMs: number;
} = { errorThresholdPercentage: 50, volumeThreshold: 20, rollingWindowMs: 10_000, resetTimeoutMs: 5_000 };

/** Hystrix's thread pools queue nothing unless told to. */
export const defaultMaxQueue: number = 0;

/** Finagle (RetryBudget): one retry for five requests, ten each second besides, over 10 s. */
export const defaultRetryBudget: {
  readonly percent: number;
  readonly minRetriesPerSecond: number;
  readonly ttlMs: number;
} = { percent: 20, minRetriesPerSecond: 10, ttlMs: 10_000 };

/** One try beside the first, as Finagle's backup requests. */
export const defaultMaxHedges: number = 1;

/** Hystrix's fallback semaphore. */
export const defaultMaxFallbacks: number = 10;

/** What may be shared without a word about it. */
export const defaultCollapsedMethods: readonly string[] = ["GET"];

/** Requests per second are what people name. */
export const defaultRateIntervalMs: number = 1_000;

/** Netflix's Gradient2Limit: starts at 20, its floor too, and stops at 200. */
export const defaultAdaptiveConcurrency: { readonly initial: number; readonly min: number; readonly max: number } = {
  initial: 20,
  min: 20,
  max: 200,
};
