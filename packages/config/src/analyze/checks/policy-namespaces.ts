import { namespaceOf } from "../../policy/resource-order.ts";
import type { Check } from "../check.ts";

/** Namespaces that authorization rules name. */
export const policyNamespaces: Check = {
  name: "policy-namespaces",
  description: "namespaces that AuthorizationPolicies name exist",
  codes: ["IST0101"],
  onWrite: false,
  run(context, report) {
    const declared = context.ofKind("Namespace");
    if (declared.length === 0) return;
    const names = new Set([
      ...declared.map(({ metadata }) => metadata.name),
      ...context.resources.filter(({ kind }) => kind !== "Namespace").map(namespaceOf),
    ]);
    for (const resource of context.ofKind("AuthorizationPolicy")) {
      for (const [at, { from = [] }] of (resource.spec.rules ?? []).entries()) {
        for (const [position, { source = {} }] of from.entries()) {
          for (const field of ["namespaces", "notNamespaces"] as const) {
            for (const [index, pattern] of (source[field] ?? []).entries()) {
              if ([...names].some((name) => fits(pattern, name))) continue;
              const path = `spec.rules[${at}].from[${position}].source.${field}[${index}]`;
              report("IST0101", resource, path, `there is no namespace "${pattern}"`);
            }
          }
        }
      }
    }
  },
};

/** `*` at either end stands for anything. */
function fits(pattern: string, name: string): boolean {
  if (pattern === "*") return true;
  if (pattern.startsWith("*")) return name.endsWith(pattern.slice(1));
  if (pattern.endsWith("*")) return name.startsWith(pattern.slice(0, -1));
  return pattern.toLowerCase() === name.toLowerCase();
}
