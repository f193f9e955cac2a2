import { canonicalAddress } from "@intramesh/core";

/** A URL in the parts that routing asks for. */
export interface RequestTarget {
  /** `http` or `https`. */
  readonly scheme: string;
  /** As written, with its port where it has one. */
  readonly authority: string;
  /** Lower case, without port and trailing dot; IPv6 addresses canonical and without brackets. */
  readonly host: string;
  /** As written, or the scheme's own. */
  readonly port: number;
  /** Path with its query, never empty. */
  readonly path: string;
}

const url = /^(https?):\/\/([^/?#\\]+)([^#]*)/i;

/** Takes an absolute http or https URL apart, changing nothing in the path; undefined where it is none. */
export function parseTarget(text: string): RequestTarget | undefined {
  const found = url.exec(text);
  if (found === null) return undefined;
  const scheme = found[1]!.toLowerCase();
  const authority = found[2]!.slice(found[2]!.lastIndexOf("@") + 1);
  const target = parseAuthority(authority, scheme);
  if (target === undefined) return undefined;
  const path = found[3]!;
  return { scheme, authority, ...target, path: path.startsWith("/") || path.startsWith("\\") ? path : `/${path}` };
}

/** Host and port of an authority (`reviews:9080`, `[::1]:80`); undefined where its port is none. */
export function parseAuthority(
  authority: string,
  scheme: string,
): { readonly host: string; readonly port: number } | undefined {
  const colon = portColon(authority);
  const name = (colon < 0 ? authority : authority.slice(0, colon)).toLowerCase();
  const host = hostOf(name);
  const port = colon < 0 || colon === authority.length - 1 ? defaultPort(scheme) : Number(authority.slice(colon + 1));
  return host !== "" && Number.isInteger(port) && port >= 0 && port <= 65_535 ? { host, port } : undefined;
}

function hostOf(name: string): string {
  if (name.startsWith("[") && name.endsWith("]")) return canonicalAddress(name.slice(1, -1));
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

/** Where the port of an authority begins, at its colon; -1 where it has none. */
export function portColon(authority: string): number {
  const colon = authority.lastIndexOf(":");
  return colon > authority.lastIndexOf("]") ? colon : -1;
}

/** The port that a URL of this scheme means where it names none. */
export function defaultPort(scheme: string): number {
  return scheme === "https" ? 443 : 80;
}
