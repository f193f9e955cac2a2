import { analyzeWrite, type Resource } from "@intramesh/config";
import type { FindRelated } from "./related-resources.ts";
import { warningText } from "./validate-object.ts";

/**
 * What the author of a resource should know of it, a line each. It is accepted all the same: rules may come before
 * the service that they are about.
 */
export function writeWarnings(resource: Resource, findRelated: FindRelated): readonly string[] {
  return analyzeWrite(resource, findRelated(resource))
    .filter(({ severity }) => severity !== "info")
    .map(warningText);
}
