import type { HeaderOperations, HeaderStep } from "@intramesh/core";
import type { HeaderOperationsSpec } from "../spec/virtual-service.ts";

/** One object for all routes that change no headers: most do not. */
const noOperations: HeaderOperations = { set: {}, add: {}, remove: [] };
const noSteps: readonly HeaderStep[] = [];

/** The operations as written, nothing missing. */
export function translateOperations(spec: HeaderOperationsSpec | undefined): HeaderOperations {
  if (spec === undefined) return noOperations;
  return { set: spec?.set ?? {}, add: spec?.add ?? {}, remove: spec?.remove ?? [] };
}

/** Steps of one level: remove, then set, then add. */
export function stepsOf(operations: HeaderOperations): readonly HeaderStep[] {
  if (operations === noOperations) return noSteps;
  return [...removals(operations), ...settings(operations), ...additions(operations)];
}

/**
 * Steps of a route and its destination together, in Istio's order: a single destination's lists are joined behind
 * the route's, so that it wins; of several destinations each goes first and the route wins.
 */
export function joinSteps(
  route: HeaderOperations,
  destination: HeaderOperations,
  isSingle: boolean,
): readonly HeaderStep[] {
  if (route === noOperations && destination === noOperations) return noSteps;
  if (!isSingle) return [...stepsOf(destination), ...stepsOf(route)];
  return [
    ...removals(route),
    ...removals(destination),
    ...settings(route),
    ...settings(destination),
    ...additions(route),
    ...additions(destination),
  ];
}

/** The Host that the operations give a request: a value set before one added. */
export function authorityOf(operations: HeaderOperations): string | undefined {
  const values = [...Object.entries(operations.set), ...Object.entries(operations.add)];
  return values.find(([name]) => isAuthority(name))?.[1];
}

/** Host is no header to Envoy but the request's authority. */
export function isAuthority(name: string): boolean {
  const lower = name.toLowerCase();
  return lower === "host" || lower === ":authority";
}

function removals(operations: HeaderOperations): readonly HeaderStep[] {
  return operations.remove.map((name) => ({ kind: "remove", name: name.toLowerCase() }));
}

function settings(operations: HeaderOperations): readonly HeaderStep[] {
  return namedSteps("set", operations.set);
}

function additions(operations: HeaderOperations): readonly HeaderStep[] {
  return namedSteps("add", operations.add);
}

function namedSteps(kind: "set" | "add", values: Readonly<Record<string, string>>): readonly HeaderStep[] {
  return Object.entries(values)
    .filter(([name]) => !isAuthority(name))
    .map(([name, value]) => ({ kind, name: name.toLowerCase(), value }));
}
