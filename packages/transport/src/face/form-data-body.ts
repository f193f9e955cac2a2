import type { RequestBody } from "@intramesh/core";
import { streamBody } from "../request-body.ts";

/**
 * Encodes FormData, Node's own or undici's; undefined for anything else. Its parts are read as they are sent.
 */
export function formDataBody(
  body: unknown,
  replayLimitBytes: number,
): { readonly contentType: string; readonly body: RequestBody } | undefined {
  if (!isFormData(body)) return undefined;
  const form = new FormData();
  for (const [name, value] of body) {
    if (typeof value === "string") form.append(name, value);
    else form.append(name, value, value.name);
  }
  const encoded = new Response(form);
  const contentType = encoded.headers.get("content-type") ?? "multipart/form-data";
  return { contentType, body: streamBody(encoded.body as AsyncIterable<Uint8Array>, replayLimitBytes) };
}

function isFormData(body: unknown): body is Iterable<[string, string | File]> {
  return (
    typeof body === "object" &&
    body !== null &&
    (body as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "FormData"
  );
}
