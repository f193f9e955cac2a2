import { analyzeWrite, inertKindOf, type MeshSettings, type Resource } from "@intramesh/config";
import type { FindRelated } from "./related-resources.ts";
import { warningText } from "./validate-object.ts";

/**
 * What the author of a resource should know of it, a line each. It is accepted all the same: rules may come before
 * the service that they are about.
 */
export function writeWarnings(
  resource: Resource,
  findRelated: FindRelated,
  mesh: Partial<MeshSettings> = {},
): readonly string[] {
  if (inertKindOf(resource.apiVersion, resource.kind) !== undefined) return inertWarnings[resource.kind] ?? [];
  return analyzeWrite(resource, findRelated(resource), { mesh })
    .filter(({ severity }) => severity !== "info")
    .map(warningText);
}

/** Of the kinds without effect, those that elsewhere have one that its author would miss. */
const inertWarnings: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["a Deployment is kept here and starts nothing: run its processes yourself"],
};
