import type { Decision, FaultPolicy, MirrorPolicy, RetryPolicy } from "@intramesh/core";
import type { CompiledRoute } from "../compiled-route.ts";

/** What the route itself says, whatever its action: names, operations, timeout, retries, fault, CORS. */
export function decideRoute(
  route: CompiledRoute,
): Pick<
  Decision,
  "virtualService" | "delegate" | "route" | "responseHeaders" | "timeoutMs" | "retry" | "fault" | "cors"
> {
  const { policy, match } = route;
  return {
    virtualService: policy.virtualService ?? null,
    delegate: policy.delegate ?? null,
    route:
      policy.virtualService === undefined
        ? null
        : {
            index: policy.index,
            name: policy.name ?? null,
            match: match?.index ?? null,
            matchName: match?.name ?? null,
          },
    responseHeaders: policy.responseHeaders,
    timeoutMs: policy.timeoutMs ?? null,
    retry: decideRetry(policy.retry),
    fault: decideFault(policy.fault),
    cors: policy.cors ?? null,
  };
}

/** The mirrors with the port that a call to `port` gives them. */
export function decideMirrors(mirrors: readonly MirrorPolicy[], port: number): Decision["mirrors"] {
  return mirrors.map((mirror) => ({
    host: mirror.host,
    subset: mirror.subset ?? null,
    port: mirror.port ?? port,
    percent: mirror.percent,
  }));
}

function decideRetry(retry: RetryPolicy): Decision["retry"] {
  return { ...retry, perTryTimeoutMs: retry.perTryTimeoutMs ?? null };
}

function decideFault(fault: FaultPolicy | undefined): Decision["fault"] {
  if (fault === undefined) return null;
  const { delay, abort } = fault;
  return {
    delay: delay === undefined ? null : { percent: delay.percent, ms: delay.ms },
    abort:
      abort === undefined
        ? null
        : {
            percent: abort.percent,
            httpStatus: abort.httpStatus ?? null,
            grpcStatus: abort.grpcStatus ?? null,
          },
  };
}
