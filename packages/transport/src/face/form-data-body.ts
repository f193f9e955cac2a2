import { randomUUID } from "node:crypto";
import type { RequestBody } from "@intramesh/core";
import { blobBody } from "../request-body.ts";

/**
 * Encodes FormData, Node's own or undici's, as each attempt sends it anew; undefined for anything else. Files are read
 * as they are sent (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data).
 */
export function formDataBody(body: unknown): { readonly contentType: string; readonly body: RequestBody } | undefined {
  if (!isFormData(body)) return undefined;
  const boundary = `----formdata-intramesh-${randomUUID()}`;
  const parts: (string | File)[] = [];
  for (const [name, value] of body) {
    const field = `--${boundary}\r\nContent-Disposition: form-data; name="${quotable(withCrLf(name))}"`;
    if (typeof value === "string") {
      parts.push(`${field}\r\n\r\n${withCrLf(value)}\r\n`);
    } else {
      const type = value.type === "" ? "application/octet-stream" : value.type;
      parts.push(`${field}; filename="${quotable(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, "\r\n");
    }
  }
  parts.push(`--${boundary}--\r\n`);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: blobBody(new Blob(parts)) };
}

function quotable(text: string): string {
  return text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
}

function withCrLf(text: string): string {
  return text.replace(/\r\n?|\n/g, "\r\n");
}

function isFormData(body: unknown): body is Iterable<[string, string | File]> {
  return (
    typeof body === "object" &&
    body !== null &&
    (body as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] === "FormData"
  );
}
