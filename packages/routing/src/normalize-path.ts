import type { PathNormalization } from "@intramesh/core";
import { pathEnd } from "./path-parts.ts";

const slash = 47;
const encodedSlash = /%2f|%5c/gi;
/** A dot, plain or percent-encoded, that may be (part of) a dot segment; or a character that needs a second look. */
const suspicious = /\\|%2e|%00|\/\.|\0/i;
const singleDot = /^(?:\.|%2e)$/i;
const doubleDot = /^(?:\.|%2e){2}$/i;

/**
 * A path with its query as Envoy leaves it under Istio's `pathNormalization`. BASE resolves dot segments, `%2e` ones
 * too, and reads `\` as `/`; MERGE_SLASHES makes one slash of several; DECODE_AND_MERGE_SLASHES reads `%2F` and `%5C`
 * as slashes before. The query is not touched. Undefined for an impossible path, which is answered 400.
 */
export function normalizePath(path: string, mode: PathNormalization = "BASE"): string | undefined {
  if (mode === "BASE" && path.charCodeAt(0) === slash && !suspicious.test(path)) return path;
  if (mode === "NONE" || path === "*") return path;
  const end = pathEnd(path);
  const bare = path.slice(0, end);
  const decoded = mode === "DECODE_AND_MERGE_SLASHES" ? bare.replaceAll(encodedSlash, "/") : bare;
  const forward = decoded.replaceAll("\\", "/");
  if (!forward.startsWith("/") || /%00|\0/.test(forward)) return undefined;
  const resolved = resolveDots(forward);
  return (mode === "BASE" ? resolved : resolved.replaceAll(/\/{2,}/g, "/")) + path.slice(end);
}

function resolveDots(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split("/");
  const last = segments.length - 1;
  for (const [at, segment] of segments.entries()) {
    const isDouble = doubleDot.test(segment);
    if (isDouble) kept.pop();
    else if (!singleDot.test(segment)) {
      kept.push(segment.replace(/%2e/gi, "."));
      continue;
    }
    // A dot segment at the end leaves the slash in front of it.
    if (at === last) kept.push("");
  }
  return `/${kept.join("/")}`;
}
