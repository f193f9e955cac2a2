import { canonicalAddress } from "@intramesh/core";
import type { HttpExchange } from "./http-exchange.ts";

/**
 * A Host header of the caller's is the authority, as it is for a sidecar: routing looks at it, not at the URL.
 * The port to call stays the URL's, because that is where the connection would have gone.
 */
export function applyHostHeader(exchange: HttpExchange): void {
  const host = exchange.headers.get("host");
  if (host === undefined) return;
  exchange.headers.delete("host");
  if (host === "") return;
  exchange.authority = host;
  exchange.host = withoutPort(host).toLowerCase();
}

function withoutPort(authority: string): string {
  if (authority.startsWith("[")) return canonicalAddress(authority.slice(1, authority.indexOf("]")));
  const colon = authority.lastIndexOf(":");
  const bare = colon < 0 ? authority : authority.slice(0, colon);
  return bare.endsWith(".") ? bare.slice(0, -1) : bare;
}
