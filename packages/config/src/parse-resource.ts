import { kindOf, kinds } from "./kinds.ts";
import type { Issue, Resource } from "./resource.ts";

export interface ParsedResource {
  /** Undefined where an issue is an error. */
  readonly resource: Resource | undefined;
  readonly issues: readonly Issue[];
}

/** Checks one object with Istio's rules. All findings, not the first. */
export function parseResource(input: unknown): ParsedResource {
  const { apiVersion, kind } = input as Resource;
  if (kindOf(apiVersion, kind) === undefined) {
    const known = kinds.map((info) => info.kind).join(", ");
    return {
      resource: undefined,
      issues: [
        {
          code: "IST0106",
          severity: "error",
          path: "kind",
          message: `"${kind}" of ${apiVersion} is not a kind that intramesh knows; known are ${known}`,
        },
      ],
    };
  }
  return { resource: input as Resource, issues: [] };
}
