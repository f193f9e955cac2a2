import {
  apiVersionOf,
  type Issue,
  isInertKind,
  type KindInfo,
  parseInertObject,
  parseResource,
  type Resource,
} from "@intramesh/config";
import { badRequest, invalid, type StatusCause } from "../http/status.ts";

/**
 * What happens to fields that a kind does not have. Kubernetes' names; undefined, where the client does not say,
 * is `Strict` with every finding as a cause of its own.
 */
export type FieldValidation = "Strict" | "Warn" | "Ignore" | undefined;

/** Where a request says that an object is. */
export interface Target {
  readonly info: KindInfo;
  readonly namespace: string;
  /** Undefined where the object itself says it. */
  readonly name: string | undefined;
}

/** An object that may be stored, and what its author should know. */
export interface ValidObject {
  readonly resource: Resource;
  readonly warnings: readonly string[];
}

/** Checks what a client sent. Throws an ApiError with all findings. */
export function validateObject(
  target: Target,
  input: Readonly<Record<string, unknown>>,
  fieldValidation: FieldValidation,
): ValidObject {
  const addressed = addressObject(target, input);
  const { resource, issues } = isInertKind(target.info) ? parseInertObject({ ...addressed }) : parseResource(addressed);
  const errors = issues.filter((issue) => issue.severity === "error");
  const lenient = fieldValidation === "Warn" || fieldValidation === "Ignore";
  const unknown = errors.filter(isUnknownField);
  if (lenient && unknown.length > 0) {
    const pruned = unknown.reduce<Readonly<Record<string, unknown>>>(
      (object, { path }) => without(object, path),
      input,
    );
    // What else is wrong is told by the second look.
    const rest = validateObject(target, pruned, undefined);
    const notes = fieldValidation === "Warn" ? unknown.map(({ path }) => `unknown field "${path}"`) : [];
    return { resource: rest.resource, warnings: [...notes, ...rest.warnings] };
  }
  if (fieldValidation === "Strict" && unknown.length > 0 && unknown.length === errors.length) {
    const fields = unknown.map(({ path }) => `unknown field "${path}"`).join(", ");
    throw badRequest(`${target.info.kind} cannot be handled: strict decoding error: ${fields}`);
  }
  if (resource === undefined) {
    const { kind, group } = target.info;
    throw invalid(kind, group, String(addressed.metadata.name ?? ""), errors.map(causeOf));
  }
  return { resource, warnings: issues.filter(({ severity }) => severity === "warning").map(warningText) };
}

/** One line for people: code, field, message. */
export function warningText({ code, path, message }: Issue): string {
  return path === "" ? `${code} ${message}` : `${code} ${path}: ${message}`;
}

/** The object under the name and namespace of the request. Throws where they contradict each other. */
function addressObject({ info, namespace, name }: Target, input: Readonly<Record<string, unknown>>): Resource {
  const { apiVersion, kind, metadata } = input;
  const served = info.versions.map((version) => apiVersionOf(info, version));
  if (kind !== info.kind || !served.includes(String(apiVersion))) {
    const given = `apiVersion ${JSON.stringify(apiVersion)}, kind ${JSON.stringify(kind)}`;
    throw badRequest(`the object has ${given}; this path takes kind ${info.kind} of ${served.join(", ")}`);
  }
  const given = isRecord(metadata) ? metadata : {};
  if (name !== undefined && given["name"] !== undefined && given["name"] !== name) {
    throw badRequest(`the name of the object (${given["name"]}) does not match the name on the URL (${name})`);
  }
  if (info.namespaced && given["namespace"] !== undefined && given["namespace"] !== namespace) {
    throw badRequest(
      `the namespace of the object (${given["namespace"]}) does not match the namespace on the URL (${namespace})`,
    );
  }
  const { namespace: _, ...own } = given;
  const address = { name: name ?? (given["name"] as string), ...(info.namespaced ? { namespace } : {}) };
  // Whether the rest is what a Resource has is what the checks below tell.
  return { ...input, metadata: { ...own, ...address } } as unknown as Resource;
}

function causeOf({ path, message }: Issue): StatusCause {
  return { reason: reasonOf(message), field: path, message };
}

/** Issues carry no kind of their own: the wording of `parseResource` is what tells. */
function reasonOf(message: string): StatusCause["reason"] {
  if (/\b(is missing|is required)\b/.test(message)) return "FieldValueRequired";
  if (/\bis not one of\b/.test(message)) return "FieldValueNotSupported";
  if (/\b(twice|duplicate|unique)\b/.test(message)) return "FieldValueDuplicate";
  return "FieldValueInvalid";
}

function isUnknownField({ message }: Issue): boolean {
  return message.startsWith("unknown field");
}

/** A copy without the field at `path` (`spec.http[0].bogus`). */
function without(object: Readonly<Record<string, unknown>>, path: string): Readonly<Record<string, unknown>> {
  const copy = structuredClone(object);
  const keys = [...path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([whole, inside]) => inside ?? whole);
  const last = keys.pop();
  let parent: unknown = copy;
  for (const key of keys)
    parent = isRecord(parent) || Array.isArray(parent) ? (parent as Record<string, unknown>)[key] : {};
  if (last !== undefined && isRecord(parent)) delete (parent as Record<string, unknown>)[last];
  return copy;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
