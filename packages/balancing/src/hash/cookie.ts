import type { HashKey, HeaderMap } from "@intramesh/core";

type CookieKey = HashKey & { readonly kind: "cookie" };

/** Value of the first cookie of this name, without quotes around it; empty where it is absent. */
export function readCookie(headers: HeaderMap, name: string): string {
  const { flat } = headers;
  for (let at = 0; at < flat.length; at += 2) {
    if (flat[at] !== "cookie") continue;
    for (const pair of flat[at + 1]!.split(";")) {
      const equals = pair.indexOf("=");
      if (equals >= 0 && pair.slice(0, equals).trim() === name) return unquote(pair.slice(equals + 1).trim());
    }
  }
  return "";
}

/** The `Set-Cookie` by which a caller learns the cookie that was made for it, in the form that Envoy gives it. */
export function setCookieLine(key: CookieKey, value: string): string {
  const parts = [`${key.name}="${value}"`];
  const seconds = Math.floor((key.ttlMs ?? 0) / 1_000);
  if (seconds > 0) parts.push(`Max-Age=${seconds}`);
  if (key.path !== "") parts.push(`Path=${key.path}`);
  for (const attribute of key.attributes) {
    parts.push(attribute.value === "" ? attribute.name : `${attribute.name}=${attribute.value}`);
  }
  parts.push("HttpOnly");
  return parts.join("; ");
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
