import type { IncomingMessage } from "node:http";

/** Names and addresses of this machine for itself. */
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Why a request to the admin port is refused; undefined where it is not. A page of the web that is open in somebody's
 * browser reaches loopback too: under a name of its own that leads here (DNS rebinding), which the Host header shows, or
 * by a request to another origin, of which the browser says so.
 */
export function refusalOf({ headers, method }: IncomingMessage): string | undefined {
  const { host = "", origin } = headers;
  if (!loopbackHost.test(host))
    return `the host is ${JSON.stringify(host)}: call the admin port as 127.0.0.1 or localhost`;
  if (headers["sec-fetch-site"] === "cross-site") return "another site's page asks: open the admin port itself";
  const isChange = method !== "GET" && method !== "HEAD";
  if (isChange && origin !== undefined && origin !== `http://${host}`)
    return `a page of ${origin} may change nothing here`;
  return undefined;
}
