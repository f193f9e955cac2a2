// Retries
export { backoffMs } from "./backoff.ts";
// Ceilings
export {
  type Ceilings,
  type CeilingUse,
  createCeilings,
  type HostConnections,
  type Place,
} from "./ceilings/ceilings.ts";
// Deadlines
export {
  expectedTimeoutHeader,
  formatExpectedTimeout,
  formatGrpcTimeout,
  grpcTimeoutHeader,
  parseExpectedTimeoutMs,
  remainingMs,
  requestTimeoutMs,
} from "./deadline/deadline-headers.ts";
// Faults
export { decideFault, type FaultDecision } from "./fault.ts";
// Answers of the mesh's own
export { grpcStatusNumber, grpcStatusOfHttp, httpStatusOfGrpc, isGrpc } from "./grpc-status.ts";
export { parseGrpcTimeoutMs } from "./grpc-timeout.ts";
// Outlier detection
export { createOutlierDetector, type OutlierDetector, type OutlierHost } from "./outlier/outlier-detector.ts";
export { type LocalReply, replyToReset } from "./reply-to-reset.ts";
export { isRetryUpstream, needsRetryMark, retryMarkHeader } from "./retry/chain-stop.ts";
export { createRetryBudget, type RetryBudget } from "./retry/retry-budget.ts";
export { askedWaitMs, type RetryWait, retryWaitMs } from "./retry/retry-wait.ts";
export { compileRetryConditions, type RetryCondition } from "./retry-conditions.ts";
// Counting
export { createRollingWindow, type RollingWindow, type RollingWindowShape } from "./window/rolling-window.ts";
