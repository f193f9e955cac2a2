export { type AdaptivePermit, createGradientLimit, type GradientLimit } from "./adaptive/gradient-limit.ts";
export { backoffMs } from "./backoff.ts";
export {
  type BreakerRules,
  type BreakerVerdict,
  breakerVerdict,
  createBreakerRules,
  type OpossumOptions,
  opossumOptions,
} from "./breaker/breaker-rules.ts";
export { type Bulkhead, createBulkhead } from "./bulkhead/bulkhead.ts";
export { type Ceilings, type CeilingUse, createCeilings, type HostConnections } from "./ceilings/ceilings.ts";
export type { Place } from "./ceilings/place.ts";
export { collapseKey } from "./collapse/collapse-key.ts";
export { dropControlHeaders } from "./control-headers.ts";
export {
  expectedTimeoutHeader,
  formatExpectedTimeout,
  formatGrpcTimeout,
  grpcTimeoutHeader,
  remainingMs,
  requestTimeoutMs,
} from "./deadline/deadline-headers.ts";
export { decideFault, type FaultDecision } from "./fault.ts";
export { grpcStatusOfHttp, isGrpc } from "./grpc-status.ts";
export { parseGrpcTimeoutMs } from "./grpc-timeout.ts";
export { defaultHedgeBudget, type HedgeRequest, isHedgeable, takeHedge } from "./hedging/hedging.ts";
export { createOutlierDetector, type OutlierDetector, type OutlierHost } from "./outlier/outlier-detector.ts";
export { createRateLimiter, type RateLimiter, rateLimitedBody, rateLimitedHeaders } from "./rate-limit/rate-limiter.ts";
export { type LocalReply, replyToReset } from "./reply-to-reset.ts";
export { isRetryUpstream, needsRetryMark, retryMarkHeader } from "./retry/chain-stop.ts";
export { noRetryHeader } from "./retry/no-retry.ts";
export { createRetryBudget, type RetryBudget } from "./retry/retry-budget.ts";
export { askedWaitMs, type RetryWait, retryWaitMs } from "./retry/retry-wait.ts";
export { compileRetryConditions, type RetryCondition } from "./retry-conditions.ts";
