import { isDeepStrictEqual } from "node:util";
import { ApiError, badRequest } from "../../http/status.ts";

/** Most operations in one patch, Kubernetes' own limit. */
const maxOperations = 10_000;

/** Applies a JSON patch (RFC 6902). Nothing is changed in place. Throws an ApiError naming the operation that fails. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("a JSON patch is a list of operations");
  if (patch.length > maxOperations) {
    throw badRequest(`the JSON patch has ${patch.length} operations, at most ${maxOperations} are taken`);
  }
  let document = structuredClone(target);
  for (const [index, operation] of patch.entries())
    document = applyOperation(document, operation, `operation ${index}`);
  return document;
}

function applyOperation(document: unknown, operation: unknown, label: string): unknown {
  const { op, path, from, value } = (operation ?? {}) as Readonly<Record<string, unknown>>;
  const where = `${label} (${String(op)} ${String(path)})`;
  const place = pointer(path, where);
  switch (op) {
    case "add":
      return put(document, place, structuredClone(value), "insert");
    case "replace":
      read(document, place);
      return put(document, place, structuredClone(value), "replace");
    case "remove":
      return remove(document, place);
    case "move": {
      const origin = pointer(from, where);
      const moved = read(document, origin);
      return put(remove(document, origin), place, moved, "insert");
    }
    case "copy":
      return put(document, place, structuredClone(read(document, pointer(from, where))), "insert");
    case "test":
      if (isDeepStrictEqual(read(document, place), value)) return document;
      throw rejected(`${where}: the value is another one`);
    default:
      throw badRequest(`${where}: op must be add, remove, replace, move, copy or test`);
  }
}

/** A JSON pointer (RFC 6901), and the operation that it stands in. */
interface Place {
  readonly keys: readonly string[];
  /** For messages. */
  readonly where: string;
}

function pointer(path: unknown, where: string): Place {
  if (path === "") return { keys: [], where };
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw badRequest(`${where}: ${JSON.stringify(path)} is not a JSON pointer, which starts with /`);
  }
  const keys = path
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { keys, where };
}

function read(document: unknown, { keys, where }: Place): unknown {
  let value = document;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) throw missing(where, key);
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** `document` is this patch's own copy. In a list, "insert" moves what follows and "replace" takes the element's place. */
function put(document: unknown, place: Place, value: unknown, mode: "insert" | "replace"): unknown {
  const key = place.keys.at(-1);
  if (key === undefined) return value;
  const parent = read(document, parentOf(place));
  if (Array.isArray(parent)) {
    const index = key === "-" && mode === "insert" ? parent.length : Number(key);
    const last = mode === "insert" ? parent.length : parent.length - 1;
    if (!Number.isInteger(index) || index < 0 || index > last) throw missing(place.where, key);
    parent.splice(index, mode === "insert" ? 0 : 1, value);
  } else if (typeof parent === "object" && parent !== null) {
    Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
  } else throw missing(place.where, key);
  return document;
}

function remove(document: unknown, place: Place): unknown {
  read(document, place);
  const key = place.keys.at(-1);
  if (key === undefined) return null;
  const parent = read(document, parentOf(place));
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Record<string, unknown>)[key];
  return document;
}

function parentOf({ keys, where }: Place): Place {
  return { keys: keys.slice(0, -1), where };
}

function missing(where: string, key: string): ApiError {
  return rejected(`${where}: there is no "${key}"`);
}

function rejected(message: string): ApiError {
  return new ApiError(422, "Invalid", `the JSON patch cannot be applied: ${message}`);
}
