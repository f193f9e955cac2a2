import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { forbidden } from "./status.ts";

/**
 * Lets only requests pass that call a registry without a token by an IP address or as localhost. A web page whose own
 * name has been turned to this machine's address (DNS rebinding) reads and writes in the name of whoever has it open: to
 * the browser, page and registry are one origin. It can have any name but these.
 */
export async function guardHosts(request: FastifyRequest): Promise<void> {
  const { host } = request.headers;
  if (host === undefined || isOwnName(host)) return;
  throw forbidden(
    `the host ${JSON.stringify(host)} is refused: a registry without a token is called by an IP address or as localhost, ` +
      "so that no web page can pass for it; do so, or start it with --token-file",
  );
}

/** Host names are case-insensitive; a port may follow, and brackets stand around IPv6 (RFC 9110, 7.2). */
function isOwnName(host: string): boolean {
  const name = host.replace(/:\d*$/, "").toLowerCase();
  return /^(.+\.)?localhost$/.test(name) || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}
