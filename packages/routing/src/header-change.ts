import type { HeaderMap, HeaderStep, RequestFacts, RequestView } from "@intramesh/core";
import { compileHeaderValue, fillHeaderValue, type HeaderContext, type HeaderValue } from "./header-value.ts";

type CompiledStep =
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "set" | "add"; readonly name: string; readonly value: HeaderValue };

/**
 * Changes the headers of a message; `view` is the request, also where the message is its answer. Values say nothing of
 * `facts` that are not given.
 */
export type HeaderChange = (headers: HeaderMap, view: RequestView, facts?: RequestFacts) => void;

/** The one that all routes without operations share. */
const unchanged: HeaderChange = () => {};

/** Makes one function of header steps, for requests on their way out. */
export function compileRequestChange(steps: readonly HeaderStep[]): HeaderChange {
  if (steps.length === 0) return unchanged;
  const compiled = compileSteps(steps);
  return (headers, view, facts) => apply(compiled, headers, { request: view, response: undefined, facts });
}

/** The same for responses on their way back. */
export function compileResponseChange(steps: readonly HeaderStep[]): HeaderChange {
  if (steps.length === 0) return unchanged;
  const compiled = compileSteps(steps);
  return (headers, view, facts) => apply(compiled, headers, { request: view, response: headers, facts });
}

function compileSteps(steps: readonly HeaderStep[]): readonly CompiledStep[] {
  return steps.map((step) =>
    step.kind === "remove" ? step : { kind: step.kind, name: step.name, value: compileHeaderValue(step.value) },
  );
}

function apply(steps: readonly CompiledStep[], headers: HeaderMap, context: HeaderContext): void {
  for (const step of steps) {
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
