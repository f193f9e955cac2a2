import type { HashKey, HeaderMap } from "@intramesh/core";
import { readCookie, setCookieLine } from "./cookie.ts";
import type { Hash64 } from "./hash64.ts";

/** What hash keys look at; an Exchange is one. */
export interface HashedRequest {
  /** Path with its query. */
  readonly path: string;
  readonly headers: HeaderMap;
}

/** From where a request comes. */
export interface RequestSource {
  /** The caller's IP address, without a port. */
  readonly address: string;
  /** Addresses and ports of both ends of the caller's connection, as one text: what a new cookie is made of. */
  connection(): string;
}

/** What a request is pinned by. */
export interface RequestHash {
  /** Unsigned, 64 bit. */
  readonly hash: bigint;
  /** `Set-Cookie` lines to add to the response: cookies that were made for this request. */
  readonly setCookies: readonly string[];
}

const none: readonly string[] = [];

/** Combines all keys that the request has, as Envoy's http/hash_policy.cc does; undefined where it has none. */
export function hashOf(
  keys: readonly HashKey[],
  request: HashedRequest,
  source: RequestSource,
  hash64: Hash64,
): RequestHash | undefined {
  let hash: bigint | undefined;
  let setCookies = none;
  for (const key of keys) {
    let found: bigint | undefined;
    if (key.kind === "cookie") {
      const sent = readCookie(request.headers, key.name);
      const made = sent === "" && key.ttlMs !== undefined ? makeCookieValue(source, hash64) : undefined;
      if (made !== undefined) setCookies = [...setCookies, setCookieLine(key, made)];
      const value = made ?? sent;
      if (value !== "") found = hash64(value);
    } else {
      found = hashOfKey(key, request, source, hash64);
    }
    if (found === undefined) continue;
    // Rotated, so that the same key twice does not cancel itself out.
    hash = hash === undefined ? found : BigInt.asUintN(64, (hash << 1n) | (hash >> 63n)) ^ found;
  }
  return hash === undefined ? undefined : { hash, setCookies };
}

function hashOfKey(
  key: Exclude<HashKey, { readonly kind: "cookie" }>,
  request: HashedRequest,
  source: RequestSource,
  hash64: Hash64,
): bigint | undefined {
  switch (key.kind) {
    case "header":
      return hashOfHeader(request.headers, key.name, hash64);
    case "source-ip":
      return source.address === "" ? undefined : hash64(source.address);
    case "query-parameter": {
      const value = firstParameter(request.path, key.name);
      return value === undefined ? undefined : hash64(value);
    }
  }
}

function makeCookieValue(source: RequestSource, hash64: Hash64): string {
  return hash64(source.connection()).toString(16).padStart(16, "0");
}

/** Lines in order of their text, each hashed with the hash of the one before as its seed. */
function hashOfHeader({ flat }: HeaderMap, name: string, hash64: Hash64): bigint | undefined {
  let first: string | undefined;
  let lines: string[] | undefined;
  for (let at = 0; at < flat.length; at += 2) {
    if (flat[at] !== name) continue;
    if (first === undefined) first = flat[at + 1]!;
    else lines = [...(lines ?? [first]), flat[at + 1]!];
  }
  if (lines === undefined) return first === undefined ? undefined : hash64(first);
  return lines.sort().reduce((seed, line) => hash64(line, seed), 0n);
}

/** As it stands in the query, without decoding; `a` and `a=` are empty values. */
function firstParameter(path: string, name: string): string | undefined {
  const query = path.indexOf("?");
  if (query < 0) return undefined;
  const fragment = path.indexOf("#", query);
  for (const pair of path.slice(query + 1, fragment < 0 ? undefined : fragment).split("&")) {
    const equals = pair.indexOf("=");
    if ((equals < 0 ? pair : pair.slice(0, equals)) === name) return equals < 0 ? "" : pair.slice(equals + 1);
  }
  return undefined;
}
