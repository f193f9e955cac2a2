/** Where a caller wants to go, as an origin says it. */
export interface Target {
  /** `http` or `https`. */
  readonly scheme: string;
  /** Host with its port where the origin has one; the scheme's own port is left out, as in a Host header. */
  readonly authority: string;
  /** Host alone, lower case, no trailing dot, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Origins are few; what one process calls is remembered. */
const maxRemembered = 1_000;

/** Reads origins (`http://reviews:9080`) and remembers them. */
export function createTargetReader(): (origin: string | URL) => Target {
  const remembered = new Map<string, Target>();
  return (origin) => {
    const key = typeof origin === "string" ? origin : origin.origin;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const target = targetOf(new URL(key));
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, target);
    return target;
  };
}

/** Throws a TypeError for anything but http and https. */
export function targetOf(url: URL): Target {
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== "http" && scheme !== "https") {
    throw new TypeError(
      `${url.protocol}//${url.host} cannot be called through the mesh: only http:// and https:// can`,
    );
  }
  const bare = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  const host = (bare.endsWith(".") ? bare.slice(0, -1) : bare).toLowerCase();
  const port = url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port);
  return { scheme, authority: url.host, host, port };
}
