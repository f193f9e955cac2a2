import { createHash, timingSafeEqual } from "node:crypto";
import { watchPath } from "@intramesh/discovery";
import type { FastifyRequest } from "fastify";
import type { CurrentToken } from "../token-file.ts";
import { ApiError, forbidden } from "./status.ts";

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/** The routes by which Secrets are read, one or all: a path may be written in several ways. */
const secretRoute = /\/secrets(\/|$)/;

/**
 * Lets a write, and a look at Secrets, pass only with the token, where one is set. No write passes from a web page of
 * another origin: a page that a developer has open may reach a registry on loopback as well as the developer can.
 */
export function guardWrites(token: CurrentToken | undefined): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const isRead = reading.has(request.method);
    if (isRead && !secretRoute.test(request.routeOptions.url ?? "")) return;
    const { authorization, origin, host } = request.headers;
    if (!isRead && origin !== undefined && hostOf(origin) !== host) {
      throw forbidden(`writes from web pages of ${origin} are refused: they may come from this registry's own only`);
    }
    // Who speaks to a watch stream asks for what may be read.
    if (token === undefined || (request.method === "POST" && request.url.startsWith(`${watchPath}/`))) return;
    const given = authorization?.replace(/^Bearer +/i, "");
    // Digests have one length, and tell a guesser nothing about the token's own.
    if (given === undefined || !timingSafeEqual(digest(given), digest(token()))) {
      throw new ApiError(
        401,
        "Unauthorized",
        `${isRead ? "Secrets" : "writes"} need the registry's token: send Authorization: Bearer TOKEN`,
      );
    }
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
