/** Reads a query. Of a parameter that is given more than once the first value counts, as with Kubernetes. */
export function firstOfEach(text: string): Record<string, string> {
  // No prototype: whatever a client calls its parameters, none is there that it has not sent.
  const query = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(text)) query[name] ??= value;
  return query;
}
