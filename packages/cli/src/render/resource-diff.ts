import { formatYaml } from "@intramesh/discovery/yaml-documents";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

type Json = Readonly<Record<string, unknown>>;

/** What the registry adds of its own, which nobody writes. */
const own: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
]);

/**
 * A unified diff of two states of one object, as YAML without what the registry adds; `before` is undefined where there
 * was none. Empty where they do not differ.
 */
export function resourceDiff(before: unknown, after: unknown): string {
  const [from, to] = [before, after].map((object) => (object === undefined ? "" : writtenText(object as Json)));
  if (from === to) return "";
  const { kind, metadata } = after as { readonly kind: string; readonly metadata: Json };
  const { namespace, name } = metadata;
  const title = `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  const fromTitle = before === undefined ? "/dev/null" : `${title} (registry)`;
  return createTwoFilesPatch(fromTitle, title, from!, to!, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** An object as its author would write it. */
export function writtenText({ metadata, status: _status, ...rest }: Json): string {
  const { apiVersion, kind, ...others } = rest;
  const kept = Object.entries(metadata as Json).filter(([key]) => !own.has(key));
  return formatYaml({ apiVersion, kind, metadata: Object.fromEntries(kept), ...others });
}
