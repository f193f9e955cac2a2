// Retries
export { backoffMs } from "./backoff.ts";
// Faults
export { decideFault, type FaultDecision } from "./fault.ts";
// Answers of the mesh's own
export { grpcStatusNumber, grpcStatusOfHttp, isGrpc } from "./grpc-status.ts";
export { type LocalReply, replyToReset } from "./reply-to-reset.ts";
export { compileRetryConditions, type RetryCondition } from "./retry-conditions.ts";
