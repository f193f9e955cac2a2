import type { HeaderMap, RequestBody } from "@intramesh/core";
import { blobBody, emptyBody, fixedBody, sized, streamBody } from "../request-body.ts";
import { type HeadersLike, readHeaders } from "../request-headers.ts";
import { formDataBody } from "./form-data-body.ts";

export type FetchInput = string | URL | Request;

/** A call of fetch with its defaults filled in. */
export interface FetchRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: HeaderMap;
  readonly body: RequestBody;
  readonly redirect: "follow" | "error" | "manual";
  readonly signal: AbortSignal | undefined;
}

/** Methods that fetch writes in upper case whatever the caller wrote (https://fetch.spec.whatwg.org/#concept-method-normalize). */
const normalizedMethods: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);

/** https://fetch.spec.whatwg.org/#forbidden-method */
const forbiddenMethods: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/** RFC 9110, 5.6.2 */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const redirectModes: ReadonlySet<string> = new Set(["follow", "error", "manual"]);

/** Reads fetch's arguments; throws the TypeErrors that fetch throws. */
export function readFetchRequest(
  input: FetchInput,
  init: RequestInit | undefined,
  replayLimitBytes: number,
): FetchRequest {
  const given = typeof input === "object" && "headers" in input ? input : undefined;
  const url = urlOf(given === undefined ? (input as string | URL) : given.url);
  const method = normalizeMethod(init?.method ?? given?.method ?? "GET");
  const redirect = init?.redirect ?? given?.redirect ?? "follow";
  if (!redirectModes.has(redirect))
    throw new TypeError(`redirect is "${redirect}": it must be follow, error or manual`);
  const headers = readHeaders((init?.headers ?? given?.headers) as HeadersLike);
  const rawBody = init?.body ?? given?.body;
  if (rawBody !== null && rawBody !== undefined && (method === "GET" || method === "HEAD")) {
    throw new TypeError("Request with GET/HEAD method cannot have body.");
  }
  const body = readBody(rawBody, headers, replayLimitBytes);
  addDefaults(headers);
  return {
    url,
    method,
    headers,
    body,
    redirect,
    // null takes a Request's own signal away.
    signal: (init?.signal === undefined ? given?.signal : init.signal) ?? undefined,
  };
}

function urlOf(input: string | URL): URL {
  const url = typeof input === "string" ? new URL(input) : input;
  if (url.username !== "" || url.password !== "") {
    throw new TypeError(
      `Request cannot be constructed from a URL that includes credentials: ${url.origin}${url.pathname}`,
    );
  }
  return url;
}

function normalizeMethod(method: string): string {
  const upper = method.toUpperCase();
  if (!token.test(method)) throw new TypeError(`"${method}" is not a valid HTTP method`);
  if (forbiddenMethods.has(upper)) throw new TypeError(`fetch does not send ${upper}`);
  return normalizedMethods.has(upper) ? upper : method;
}

function addDefaults(headers: HeaderMap): void {
  if (!headers.has("accept")) headers.append("accept", "*/*");
  if (!headers.has("user-agent")) headers.append("user-agent", "node");
  if (!headers.has("accept-encoding")) headers.append("accept-encoding", "gzip, deflate");
}

function readBody(body: unknown, headers: HeaderMap, replayLimitBytes: number): RequestBody {
  if (body === null || body === undefined) return emptyBody;
  if (typeof body === "string") return typed(headers, "text/plain;charset=UTF-8", fixedBody(body));
  if (body instanceof Uint8Array) return fixedBody(body);
  if (body instanceof URLSearchParams) {
    return typed(headers, "application/x-www-form-urlencoded;charset=UTF-8", fixedBody(body.toString()));
  }
  if (ArrayBuffer.isView(body)) return fixedBody(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  if (body instanceof ArrayBuffer || body instanceof SharedArrayBuffer) return fixedBody(new Uint8Array(body));
  if (body instanceof Blob) {
    const blob = sized(headers, blobBody(body));
    return body.type === "" ? blob : typed(headers, body.type, blob);
  }
  const form = formDataBody(body);
  if (form !== undefined) return typed(headers, form.contentType, sized(headers, form.body));
  if (typeof body === "object" && (Symbol.asyncIterator in body || Symbol.iterator in body)) {
    if (body instanceof ReadableStream && body.locked)
      throw new TypeError("Response body object should not be disturbed or locked");
    return streamBody(body as AsyncIterable<unknown>, replayLimitBytes);
  }
  return typed(headers, "text/plain;charset=UTF-8", fixedBody(String(body)));
}

function typed(headers: HeaderMap, contentType: string, body: RequestBody): RequestBody {
  if (!headers.has("content-type")) headers.append("content-type", contentType);
  return body;
}
