import { isDeepStrictEqual } from "node:util";
import { isInertKind } from "@intramesh/config";
import type { Change, StoredObject } from "../state/stored-object.ts";
import { hasConditions } from "./conditions.ts";

/**
 * True for a change that concerns the mesh's clients. What the registry writes into a status follows from what they
 * told it: to send it to them would have them tell again, without end.
 */
export function isMeshChange({ type, object, previous }: Change): boolean {
  if (isInertKind(object.info)) return false;
  return type !== "MODIFIED" || previous === undefined || !differInStatusOnly(previous, object);
}

function differInStatusOnly(before: StoredObject, after: StoredObject): boolean {
  if (!hasConditions(after.info)) return false;
  const { resourceVersion: _, ...metadata } = before.resource.metadata;
  const { resourceVersion: __, ...metadataNow } = after.resource.metadata;
  // The metadata first: it has the generation, which tells most changes of the spec.
  return isDeepStrictEqual(metadata, metadataNow) && isDeepStrictEqual(before.resource.spec, after.resource.spec);
}
