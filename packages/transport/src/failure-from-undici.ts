import type { ResetOutcome, ResetReason, ResponseFlag } from "@intramesh/core";
import { BrokenRequestBody } from "./request-body.ts";

/** Errors of undici and Node, after a connection stood. Whatever is not listed is a connection that broke. */
const reasons: Readonly<Record<string, ResetReason>> = {
  ECONNRESET: "connection termination",
  EPIPE: "connection termination",
  UND_ERR_SOCKET: "connection termination",
  UND_ERR_DESTROYED: "local reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "protocol error",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: "protocol error",
  UND_ERR_HEADERS_OVERFLOW: "protocol error",
};

/** Errors of undici about what it was asked to send: the caller's mistake, which no upstream has seen. */
const callerMistakes: ReadonlySet<string> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_NOT_SUPPORTED",
]);

/** What this process itself has run out of: files, buffers, ports. No endpoint is to blame. */
const ownShortages: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL"]);

/** What an undici error means. `started`: the request had been given to a connection. */
export function resetFromUndici(error: Error, started: boolean): ResetOutcome {
  if (error instanceof BrokenRequestBody)
    return { kind: "reset", reason: "caller gone", beforeRequest: false, cause: error.cause };
  return { kind: "reset", reason: reasonOf(codeOf(error), started), beforeRequest: !started, cause: error };
}

function reasonOf(code: string, started: boolean): ResetReason {
  if (callerMistakes.has(code)) return "caller gone";
  if (ownShortages.has(code)) return "overflow";
  if (!started) return code === "UND_ERR_CONNECT_TIMEOUT" ? "connection timeout" : "remote connection failure";
  if (code.startsWith("HPE_")) return "protocol error";
  return reasons[code] ?? "connection termination";
}

/** Why a response broke off whose head had come: Envoy's flag. */
export function flagOfBrokenBody(error: Error): ResponseFlag {
  const code = codeOf(error);
  if (code === "UND_ERR_BODY_TIMEOUT") return "SI";
  const reason = reasonOf(code, true);
  if (reason === "local reset") return "LR";
  return reason === "protocol error" ? "UPE" : "UC";
}

function codeOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
