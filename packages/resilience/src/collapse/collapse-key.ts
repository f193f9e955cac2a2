import type { HeaderMap } from "@intramesh/core";

/** Headers that name the request rather than what it asks for: two of the same question differ in them. */
const ownNames: ReadonlySet<string> = new Set([
  "x-request-id",
  "traceparent",
  "tracestate",
  "b3",
  "x-ot-span-context",
  "grpc-trace-bin",
  "x-cloud-trace-context",
  "sw8",
  "grpc-timeout",
]);
const ownPrefixes: readonly string[] = ["x-b3-", "x-envoy-", "x-intramesh-", "x-datadog-"];

/**
 * Requests with the same key ask the same, as the same caller: method, authority, path and all headers that say what
 * is asked for and by whom, whatever the order of their names. For requests without a body.
 */
export function collapseKey(method: string, authority: string, path: string, headers: HeaderMap): string {
  const lines = [...headers.entries()].filter(([name]) => !isOwn(name));
  // The sort keeps lines of one name in their order, which has a meaning.
  lines.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  // None of the parts can hold a line break.
  return [`${method} ${authority} ${path}`, ...lines.map(([name, value]) => `${name}:${value}`)].join("\n");
}

function isOwn(name: string): boolean {
  return ownNames.has(name) || ownPrefixes.some((prefix) => name.startsWith(prefix));
}
