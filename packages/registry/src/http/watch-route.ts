import { bookmarkIntervalMs, epochHeader, watchPath } from "@intramesh/discovery";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RegistryState } from "../state/registry-state.ts";
import type { Block, Feed } from "../watch/feed.ts";
import { eventLine, meshFormat, parseScope, scopeKey } from "../watch/mesh-format.ts";
import type { WatchHub } from "../watch/watch-hub.ts";
import type { WatchStart } from "../watch/watcher.ts";
import { badRequest } from "./status.ts";

interface WatchQuery {
  readonly since?: string;
  readonly kinds?: string;
  readonly services?: string;
}

/** The one stream for everything, see registry-protocol.ts. */
export function addWatchRoute(app: FastifyInstance, state: RegistryState, hub: WatchHub): void {
  app.get<{ Querystring: WatchQuery }>(watchPath, (request, reply) => {
    const scope = parseScope(request.query.kinds, request.query.services);
    const since = parseSince(request.query.since);
    const resumable = since > 0 && since >= state.log.floor && since <= state.revision && sameEpoch(request, state);
    const gzip = acceptsGzip(request);
    reply.hijack();
    reply.raw.writeHead(200, {
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
      [epochHeader]: state.epoch,
      vary: "accept-encoding",
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    });
    reply.raw.flushHeaders();
    hub.open(reply.raw, {
      feedKey: scopeKey(scope),
      format: meshFormat(scope),
      gzip,
      // Half of what readers may expect, so that a late timer here is not a dead stream there.
      bookmarkEveryMs: bookmarkIntervalMs / 2,
      timeoutMs: undefined,
      start: (feed) => (resumable ? resume(state, feed, since) : reset(state, feed)),
    });
  });
}

function reset(state: RegistryState, feed: Feed): WatchStart {
  const { epoch, revision } = state;
  const opening = [line({ type: "RESET", epoch }, revision), ...feed.opening()];
  return { opening, revision, opened: feed.bookmark(revision) };
}

/** What was missed is sent before the first bookmark, as in a reset. */
function resume(state: RegistryState, feed: Feed, since: number): WatchStart {
  const opening = [line({ type: "RESUME", epoch: state.epoch }, since)];
  let revision = since;
  for (let block = feed.after(revision); block !== undefined; block = feed.after(revision)) {
    opening.push(block);
    revision = block.revision;
  }
  return { opening, revision, opened: feed.bookmark(revision) };
}

function line(event: Parameters<typeof eventLine>[0], revision: number): Block {
  return { bytes: Buffer.from(eventLine(event)), revision };
}

/** A client that names no epoch is taken to mean this one. */
function sameEpoch(request: FastifyRequest, state: RegistryState): boolean {
  const epoch = request.headers[epochHeader];
  return epoch === undefined || epoch === state.epoch;
}

function acceptsGzip(request: FastifyRequest): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(request.headers["accept-encoding"] ?? ""));
}

function parseSince(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badRequest(`since: "${text}" is not a revision, a whole number was expected`);
}
