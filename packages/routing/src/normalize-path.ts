import { pathEnd } from "./path-parts.ts";

/** A dot, plain or percent-encoded, that may be (part of) a dot segment; or a character that needs a second look. */
const suspicious = /\\|%2e|%00|\/\.|\0/i;
const singleDot = /^(?:\.|%2e)$/i;
const doubleDot = /^(?:\.|%2e){2}$/i;

/**
 * A path with its query as Envoy's BASE normalisation leaves it: dot segments resolved, `%2e` ones too, and `\` read as `/`.
 * `//` and `%2F` stay, the query is not touched. Undefined for an impossible path, which is answered 400.
 */
export function normalizePath(path: string): string | undefined {
  if (path.charCodeAt(0) === 47 && !suspicious.test(path)) return path;
  if (path === "*") return path;
  const end = pathEnd(path);
  const bare = path.slice(0, end).replaceAll("\\", "/");
  if (!bare.startsWith("/") || /%00|\0/.test(bare)) return undefined;
  return resolveDots(bare) + path.slice(end);
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
