import type { ResetOutcome, ResetReason, ResponseFlag } from "@intramesh/core";

/** An answer that the mesh gives where the upstream gave none. */
export interface LocalReply {
  /** 0 where nobody is left to answer. */
  readonly status: number;
  readonly flag: ResponseFlag;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly flag: ResponseFlag;
  /** Undefined: the text that names the reset reason. */
  readonly body?: string;
}

const timedOut: Reply = { status: 504, flag: "UT", body: "upstream request timeout" };
const notConnected: Reply = { status: 503, flag: "UF" };
const resetByPeer: Reply = { status: 503, flag: "UR" };

/** source/common/router/router.cc, `onUpstreamReset` and `streamResetReasonToResponseFlag`. */
const replies: Readonly<Record<ResetReason, Reply>> = {
  "local connection failure": notConnected,
  "remote connection failure": notConnected,
  "connection timeout": notConnected,
  "connection termination": { status: 503, flag: "UC" },
  "local reset": { status: 503, flag: "LR" },
  "remote reset": resetByPeer,
  "remote refused stream reset": resetByPeer,
  overflow: { status: 503, flag: "UO" },
  "protocol error": { status: 502, flag: "UPE" },
  "per try timeout": timedOut,
  timeout: timedOut,
  // source/common/http/conn_manager_impl.cc, `onIdleTimeout`: the request was not complete.
  "stream idle timeout": { status: 408, flag: "SI", body: "stream timeout" },
  "caller gone": { status: 0, flag: "DC", body: "" },
};

/** Envoy's answer to a request whose last attempt brought no response. `attempts` counts all that were sent. */
export function replyToReset({ reason }: ResetOutcome, attempts: number): LocalReply {
  const { status, flag, body } = replies[reason];
  return { status, flag, body: body ?? resetText(reason, attempts > 1) };
}

function resetText(reason: ResetReason, retried: boolean): string {
  const latest = retried ? "retried and the latest " : "";
  return `upstream connect error or disconnect/reset before headers. ${latest}reset reason: ${reason}`;
}
