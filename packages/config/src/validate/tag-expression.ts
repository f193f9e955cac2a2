import type { TagValue } from "@intramesh/core";

/** What is taken of expressions, for who wrote another one. */
export const tagExpressions =
  "a text in quotes, request.host, request.method, request.scheme or request.headers['name']";

const literal = /^(?:'([^'\\]*)'|"([^"\\]*)")$/;
const attribute = /^request\.(host|method|scheme)$/;
const header = /^request\.headers\[(?:'([^'\\]+)'|"([^"\\]+)")\]$/;

/**
 * The value that an expression of `tagOverrides` stands for. Undefined for what is not taken: most of CEL, which would
 * run for each request, and attributes that a process does not know.
 */
export function parseTagExpression(expression: string): TagValue | undefined {
  const text = expression.trim();
  const [isLiteral, single, double] = literal.exec(text) ?? [];
  if (isLiteral !== undefined) return { kind: "literal", text: single ?? double ?? "" };
  // The pattern lets no other through.
  const name = attribute.exec(text)?.[1] as "host" | "method" | "scheme" | undefined;
  if (name !== undefined) return { kind: "request", attribute: name };
  const [isHeader, one, other] = header.exec(text) ?? [];
  return isHeader === undefined ? undefined : { kind: "header", header: (one ?? other)!.toLowerCase() };
}

/** The label of a tag: Prometheus takes letters, digits and `_`, and so does Envoy write it. */
export function labelOfTag(tag: string): string {
  return tag.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
}
