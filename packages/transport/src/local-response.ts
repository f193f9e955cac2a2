import type { ResponseOutcome } from "@intramesh/core";
import { HeaderMap } from "@intramesh/core";
import { MemoryBody } from "./fixed-response.ts";

/** A response that the mesh itself gives. */
export function localResponse(status: number, body: string, headers: HeaderMap = new HeaderMap()): ResponseOutcome {
  const bytes = Buffer.from(body);
  if (bytes.byteLength > 0 && !headers.has("content-type")) headers.append("content-type", "text/plain");
  headers.set("content-length", String(bytes.byteLength));
  const header = (name: string): string | undefined => headers.get(name);
  return { kind: "response", status, headers, header, body: new MemoryBody(bytes), local: true };
}
