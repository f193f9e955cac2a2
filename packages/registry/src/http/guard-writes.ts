import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ApiError, forbidden } from "./status.ts";

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Lets a write pass only with the token, where one is set, and never from a web page of another origin: a page
 * that a developer has open may reach a registry on loopback as well as the developer can.
 */
export function guardWrites(token: string | undefined): (request: FastifyRequest) => Promise<void> {
  const expected = token === undefined ? undefined : digest(token);
  return async (request) => {
    if (reading.has(request.method)) return;
    const { authorization, origin, host } = request.headers;
    if (origin !== undefined && hostOf(origin) !== host) {
      throw forbidden(`writes from web pages of ${origin} are refused: they may come from this registry's own only`);
    }
    if (expected === undefined) return;
    const given = authorization?.replace(/^Bearer +/i, "");
    // Digests have one length, and tell a guesser nothing about the token's own.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new ApiError(401, "Unauthorized", "writes need the registry's token: send Authorization: Bearer TOKEN");
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
