import type { Issue, Resource } from "./resource.ts";
import { dropNulls } from "./validate/drop-nulls.ts";
import { checkEnvelope } from "./validate/envelope.ts";
import { Place } from "./validate/place.ts";
import { isRecord } from "./validate/shape.ts";
import { findSpecCheck } from "./validate/spec-checks.ts";

/** What became of an object that may be a resource. */
export interface ParsedResource {
  /** Undefined where an issue is an error. */
  readonly resource: Resource | undefined;
  readonly issues: readonly Issue[];
}

/** Where resources live that name no namespace. */
const defaultNamespace = "default";

/**
 * Checks one object with Istio's rules. All findings, not the first: where the form of a spec is wrong, all that is
 * wrong with its form; else all rules that it breaks. The object itself is not changed, and is the resource as it is
 * unless it holds nulls or no spec.
 */
export function parseResource(input: unknown): ParsedResource {
  const issues: Issue[] = [];
  const place = new Place(issues, "");
  if (!isRecord(input)) {
    place.error("a resource is an object with apiVersion, kind, metadata and spec");
    return { resource: undefined, issues };
  }
  const check = findSpecCheck(checkEnvelope(input, place)?.kind);
  const specPlace = place.field("spec");
  const written = input["spec"] ?? {};
  const isWellFormed = check.checkShape(written, specPlace);
  const spec = isWellFormed ? dropNulls(written) : written;
  if (isWellFormed) check.checkRules(spec, specPlace, ownerOf(input));
  if (issues.some(({ severity }) => severity === "error")) return { resource: undefined, issues };
  // Envelope and spec have just been checked.
  const resource = (spec === input["spec"] ? input : { ...input, spec }) as unknown as Resource;
  return { resource, issues };
}

function ownerOf({ metadata }: Readonly<Record<string, unknown>>): {
  readonly namespace: string;
  readonly name: string;
} {
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  return {
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : defaultNamespace,
    name: typeof name === "string" ? name : "",
  };
}
