import type { Resource } from "../resource.ts";
import { dropNulls } from "../validate/drop-nulls.ts";
import { checkEnvelope } from "../validate/envelope.ts";
import { Place } from "../validate/place.ts";
import { isRecord } from "../validate/shape.ts";
import { findSpecCheck } from "../validate/spec-checks.ts";

/**
 * An object that validation refuses for the rules that it breaks, but whose fields have their right forms. It may be
 * compared with others, so that one fault does not make those look wrong that name it. Undefined for other objects.
 */
export function wellFormedResource(input: unknown): Resource | undefined {
  if (!isRecord(input)) return undefined;
  // What is wrong is told by `parseResource`.
  const place = new Place([], "");
  const kind = checkEnvelope(input, place)?.kind;
  const written = input["spec"] ?? {};
  if (kind === undefined || !hasName(input["metadata"])) return undefined;
  if (!findSpecCheck(kind).checkShape(written, place.field("spec"))) return undefined;
  // Envelope and spec have the form of a resource of this kind.
  return { ...input, spec: dropNulls(written) } as unknown as Resource;
}

function hasName(metadata: unknown): boolean {
  if (!isRecord(metadata) || typeof metadata["name"] !== "string" || metadata["name"] === "") return false;
  const { namespace, annotations } = metadata;
  return isTextOrNone(namespace) && (annotations === undefined || annotations === null || isRecord(annotations));
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}
