import type { IncomingHttpHeaders } from "node:http";
import type { HeaderMap } from "@intramesh/core";
import type { AmbientContext } from "./ambient-context.ts";
import type { B3Form } from "./tracing/b3.ts";

/** Headers that travel unless `propagate` says otherwise. A trailing `*` means every name that begins so. */
export const defaultPropagatedHeaders: readonly string[] = [
  "end-user",
  "x-request-id",
  "x-b3-*",
  "b3",
  "traceparent",
  "tracestate",
  "baggage",
  "x-ot-span-context",
];

const traceHeaderNames: ReadonlySet<string> = new Set([
  "traceparent",
  "tracestate",
  "b3",
  "x-b3-traceid",
  "x-b3-spanid",
  "x-b3-parentspanid",
  "x-b3-sampled",
  "x-b3-flags",
]);

export type InboundHeaders = Pick<AmbientContext, "propagated" | "traceHeaders" | "b3">;

/** Compiles a list of header names into the function that gathers them from an inbound request. */
export function createHeaderGatherer(names: readonly string[]): (headers: IncomingHttpHeaders) => InboundHeaders {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    if (lower.endsWith("*")) prefixes.push(lower.slice(0, -1));
    else exact.add(lower);
  }
  return (headers) => {
    const propagated: string[] = [];
    const traceHeaders: string[] = [];
    for (const name in headers) {
      if (!exact.has(name) && !prefixes.some((prefix) => name.startsWith(prefix))) continue;
      const value = headers[name];
      if (value === undefined) continue;
      const target = traceHeaderNames.has(name) ? traceHeaders : propagated;
      if (typeof value === "string") target.push(name, value);
      else for (const line of value) target.push(name, line);
    }
    return { propagated, traceHeaders, b3: formOf(headers) };
  };
}

function formOf(headers: IncomingHttpHeaders): B3Form {
  const multi = headers["x-b3-traceid"] !== undefined;
  if (headers["b3"] === undefined) return multi ? "multi" : "none";
  return multi ? "both" : "single";
}

/** Adds header lines that the caller did not set itself. */
export function addMissing(headers: HeaderMap, lines: readonly string[]): void {
  for (let at = 0; at < lines.length; at += 2) {
    const name = lines[at]!;
    if (!headers.has(name)) headers.append(name, lines[at + 1]!);
  }
}
