import { inertKindOf } from "./kinds.ts";
import type { ParsedResource } from "./parse-resource.ts";
import type { Issue, Resource } from "./resource.ts";
import { checkMetadata } from "./validate/envelope.ts";
import { checkNesting } from "./validate/nesting.ts";
import { Place } from "./validate/place.ts";

/** Checks an object of an inert kind: that it has a name and metadata as every object does. The rest is its own affair. */
export function parseInertObject(input: Readonly<Record<string, unknown>>): ParsedResource {
  const issues: Issue[] = [];
  const place = new Place(issues, "");
  if (!checkNesting(input, place)) return { resource: undefined, issues };
  const info = inertKindOf(String(input["apiVersion"]), String(input["kind"]));
  if (info === undefined)
    place.field("kind").error(`"${String(input["kind"])}" is not a kind that is kept without effect`);
  checkMetadata(input["metadata"], info, place.field("metadata"));
  if (issues.some(({ severity }) => severity === "error")) return { resource: undefined, issues };
  // Kind and metadata have just been checked; a spec is not what every such kind has.
  return { resource: input as unknown as Resource, issues };
}
