import { readJson } from "../../http/read-json.ts";
import { badRequest, unsupportedMediaType } from "../../http/status.ts";
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { strategicMergePatch, takesStrategicMerge } from "./strategic-merge-patch.ts";

const merge = "application/merge-patch+json";
const json = "application/json-patch+json";
const strategic = "application/strategic-merge-patch+json";

type PatchType = typeof merge | typeof json | typeof strategic;

type Json = Readonly<Record<string, unknown>>;

/** The object that a patch makes of `target`. Throws an ApiError for a type that the kind does not take. */
export function applyPatch(kind: string, target: Json, contentType: string | undefined, body: string): Json {
  const patched = patchedBy(kind, target, patchType(kind, contentType), body);
  if (typeof patched === "object" && patched !== null && !Array.isArray(patched)) return patched as Json;
  throw badRequest("the patch leaves something that is not an object");
}

/**
 * The type of a patch, without parameters. Throws an ApiError for one that the kind does not take, as which kubectl
 * reads that there is no server-side apply: so it is to be asked before whether there is an object.
 */
export function patchType(kind: string, contentType: string | undefined): PatchType {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  const taken: readonly PatchType[] = takesStrategicMerge(kind) ? [json, merge, strategic] : [json, merge];
  const found = taken.find((each) => each === type);
  if (found === undefined) throw unsupportedMediaType(taken);
  return found;
}

function patchedBy(kind: string, target: Json, type: PatchType, body: string): unknown {
  if (type === json) return jsonPatch(target, readJson(body));
  const patch = readJson(body);
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
    throw badRequest("a merge patch is a JSON object");
  }
  return type === merge ? mergePatch(target, patch) : strategicMergePatch(kind, target, patch as Json);
}
