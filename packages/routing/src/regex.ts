import { RE2JS } from "re2js";
import { compileNativeRegex } from "./native-regex.ts";

/** A compiled RE2 pattern: time linear in the text, whatever the pattern. */
export interface Regex {
  /** Whether the pattern covers the whole text. */
  covers(text: string): boolean;
  /**
   * `text` with every occurrence replaced; `\1` in `rewrite` is the first group, `\0` the whole match. The text as it
   * is where `rewrite` names a group that the pattern lacks.
   */
  replaceAll(text: string, rewrite: string): string;
}

/** Compiles RE2 syntax. Throws where the pattern is none; checked resources hold no such pattern. */
export function compileRegex(pattern: string): Regex {
  const native = compileNativeRegex(pattern);
  let compiled = native === undefined ? RE2JS.compile(pattern) : undefined;
  const compile = (): RE2JS => {
    compiled ??= RE2JS.compile(pattern);
    return compiled;
  };
  return {
    covers: native === undefined ? (text) => compile().testExact(text) : (text) => native.test(text),
    replaceAll: (text, rewrite) => replaceAll(compile(), text, rewrite),
  };
}

function replaceAll(compiled: RE2JS, text: string, rewrite: string): string {
  // RE2 replaces nothing then (GlobalReplace).
  if (lastGroupOf(rewrite) > compiled.groupCount()) return text;
  const matcher = compiled.matcher(text);
  let replaced = "";
  let end = -1;
  while (matcher.find()) {
    // RE2 takes no empty match right behind the one before (GlobalReplace).
    if (matcher.start() === matcher.end() && matcher.start() === end) continue;
    replaced += text.slice(Math.max(end, 0), matcher.start()) + expand(rewrite, (group) => matcher.group(group) ?? "");
    end = matcher.end();
  }
  return replaced + text.slice(Math.max(end, 0));
}

function lastGroupOf(rewrite: string): number {
  return Math.max(0, ...[...rewrite.matchAll(/\\(?:(\d)|.)/gs)].map(([, digit]) => Number(digit ?? 0)));
}

function expand(rewrite: string, group: (index: number) => string): string {
  return rewrite.replace(/\\(\d|\\)/g, (_, escaped: string) => (escaped === "\\" ? "\\" : group(Number(escaped))));
}
