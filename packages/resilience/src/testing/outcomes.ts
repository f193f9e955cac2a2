import { type BodyFlow, HeaderMap, type ResetOutcome, type ResetReason, type ResponseOutcome } from "@intramesh/core";

/** The rules of this package look at heads only. */
const untouchable: BodyFlow = {
  bytes: 0,
  deliver: refuse,
  pause: refuse,
  resume: refuse,
  discard: refuse,
  abort: refuse,
  onSettled: refuse,
};

function refuse(): never {
  throw new Error("the body was touched");
}

/** A response of an upstream, or of the mesh itself where `local`. */
export function response(
  status: number,
  lines: Readonly<Record<string, string>> = {},
  local: boolean = false,
): ResponseOutcome {
  const headers = HeaderMap.from(Object.entries(lines));
  return { kind: "response", status, headers, header: (name) => headers.get(name), body: untouchable, local };
}

/** An attempt that brought no response. */
export function reset(reason: ResetReason, beforeRequest: boolean = false): ResetOutcome {
  return { kind: "reset", reason, beforeRequest, cause: undefined };
}
