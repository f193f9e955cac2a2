import type { MatchPolicy, RewritePolicy } from "@intramesh/core";
import { pathEnd } from "./path-parts.ts";
import { compileRegex } from "./regex.ts";

/** Turns a normalised path with its query into the one to send. */
export type PathRewriter = (path: string) => string;

/** Undefined where nothing is rewritten. `match` says what the rewrite takes the place of; none is the prefix `/`. */
export function compilePathRewriter(
  rewrite: RewritePolicy | undefined,
  match: MatchPolicy | undefined,
): PathRewriter | undefined {
  if (rewrite === undefined) return undefined;
  return rewrite.kind === "regex" ? regexRewriter(rewrite.match, rewrite.rewrite) : replaceMatched(rewrite.uri, match);
}

/** Puts `text` in the place of what the match covers: its prefix, or the whole path of an exact or regex match. */
export function replaceMatched(text: string, match: MatchPolicy | undefined): PathRewriter {
  const uri = match?.uri;
  if (uri?.kind === "exact" || uri?.kind === "regex") return (path) => text + path.slice(pathEnd(path));
  // A regex match that ignores case does not exist; a prefix that does has the same length either way.
  const length = uri?.kind === "prefix" ? uri.value.length : 1;
  return (path) => text + path.slice(length);
}

function regexRewriter(pattern: string, rewrite: string): PathRewriter {
  const regex = compileRegex(pattern);
  return (path) => {
    const end = pathEnd(path);
    const rewritten = regex.replaceAll(path.slice(0, end), rewrite);
    return rewritten === "" ? path : rewritten + path.slice(end);
  };
}
