import type { HeaderMap, HeaderStep, RequestView } from "@intramesh/core";
import { compileHeaderValue, fillHeaderValue, type HeaderContext, type HeaderValue } from "./header-value.ts";

type CompiledStep =
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "set" | "add"; readonly name: string; readonly value: HeaderValue };

/** Header steps, ready to be done. */
export type HeaderChange = readonly CompiledStep[];

/** Nothing to do; the one that every route without operations shares. */
export const noHeaderChange: HeaderChange = [];

/** Keeps the order of the steps. */
export function compileHeaderChange(steps: readonly HeaderStep[]): HeaderChange {
  if (steps.length === 0) return noHeaderChange;
  return steps.map((step) =>
    step.kind === "remove" ? step : { kind: step.kind, name: step.name, value: compileHeaderValue(step.value) },
  );
}

/** Changes `headers` of a request on its way out. */
export function changeRequestHeaders(change: HeaderChange, headers: HeaderMap, view: RequestView): void {
  if (change.length > 0) apply(change, headers, { request: view, response: undefined });
}

/** Changes `headers` of a response on its way back; `view` is the request that it answers. */
export function changeResponseHeaders(change: HeaderChange, headers: HeaderMap, view: RequestView): void {
  if (change.length > 0) apply(change, headers, { request: view, response: headers });
}

function apply(change: HeaderChange, headers: HeaderMap, context: HeaderContext): void {
  for (const step of change) {
    if (step.kind === "remove") {
      headers.delete(step.name);
      continue;
    }
    const value = fillHeaderValue(step.value, context);
    // Envoy leaves headers alone that would become empty (keep_empty_value is off).
    if (value === "") continue;
    if (step.kind === "set") headers.set(step.name, value);
    else headers.append(step.name, value);
  }
}
