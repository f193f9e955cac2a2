import { createHash } from "node:crypto";
import { Readable } from "node:stream";

/** A request body in one of the forms that callers have. Each call of `make` gives a new one with the same content. */
export interface ReplayBody {
  readonly name: string;
  readonly make: () => unknown;
  /** What an upstream must have seen; of a form, its fields, since its boundary is drawn anew for each request. */
  readonly digest: string;
}

/** Every value of a byte, so that nothing survives that treats bytes as text. */
const chunkBytes = 16_384;

function chunkOf(number: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: chunkBytes }, (_, at) => (at * 31 + number * 7) % 256));
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The seven forms, each of `chunks` times 16 KiB. */
export function replayBodies(chunks: number): readonly ReplayBody[] {
  const parts = Array.from({ length: chunks }, (_, number) => chunkOf(number));
  const bytes = Buffer.concat(parts);
  const text = bytes.toString("base64");
  const search = new URLSearchParams({ text, more: "ä & =" });
  return [
    { name: "string", make: () => text, digest: sha256(text) },
    { name: "Buffer", make: () => Buffer.from(bytes), digest: sha256(bytes) },
    { name: "Blob", make: () => new Blob(parts), digest: sha256(bytes) },
    { name: "FormData", make: () => form(bytes), digest: sha256(`file:${sha256(bytes)},note:${sha256("ä")}`) },
    { name: "URLSearchParams", make: () => new URLSearchParams(search), digest: sha256(search.toString()) },
    { name: "ReadableStream", make: () => ReadableStream.from(parts), digest: sha256(bytes) },
    { name: "Readable", make: () => Readable.from(parts, { objectMode: false }), digest: sha256(bytes) },
  ];
}

function form(bytes: Uint8Array<ArrayBuffer>): FormData {
  const data = new FormData();
  data.append("file", new Blob([bytes]), "a.bin");
  data.append("note", "ä");
  return data;
}

/** The digest of what came, as `ReplayBody` has it. */
export async function digestOf(body: Uint8Array<ArrayBuffer>, contentType: string | undefined): Promise<string> {
  if (contentType?.startsWith("multipart/form-data") !== true) return sha256(body);
  const fields = await new Response(body, { headers: { "content-type": contentType } }).formData();
  const digests: string[] = [];
  for (const [name, value] of fields) {
    const content = typeof value === "string" ? Buffer.from(value) : new Uint8Array(await value.arrayBuffer());
    digests.push(`${name}:${sha256(content)}`);
  }
  return sha256(digests.sort().join(","));
}
