import { randomUUID } from "node:crypto";
import { bookmarkIntervalMs, epochHeader, streamHeader, streamPath, watchPath } from "@intramesh/discovery";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { RegistryState } from "../state/registry-state.ts";
import { Announcements } from "../watch/announcements.ts";
import type { Block, Feed } from "../watch/feed.ts";
import { InstanceLists } from "../watch/instance-lists.ts";
import { InstanceScope } from "../watch/instance-scope.ts";
import { type InstanceTerm, parseTerm } from "../watch/instance-terms.ts";
import { eventLine, feedKey, meshFormat, narrowMeshFormat, parseKinds } from "../watch/mesh-format.ts";
import type { WatchHub } from "../watch/watch-hub.ts";
import type { Narrowing, WatchStart } from "../watch/watcher.ts";
import { bodyOf } from "./app.ts";
import { readJsonObject } from "./read-json.ts";
import { badRequest, noSuchStream, tooManyRequests } from "./status.ts";

/** A whole state is on its way by then; clients add a share of their own, so that they do not come together again. */
const retryAfterSeconds = 1;

/** More often would cost more than it tells, and who is silent for longer than an hour is not watched over at all. */
const heartbeatSeconds = { min: 1, max: 3_600 };

interface WatchQuery {
  readonly since?: string;
  readonly kinds?: string;
  readonly services?: string;
  readonly heartbeat?: string;
}

/** The one stream for everything, and the way to ask it for more: see registry-protocol.ts. */
export function addWatchRoute(app: FastifyInstance, state: RegistryState, hub: WatchHub): void {
  const announcements = new Announcements(state);
  const lists = new InstanceLists(state);

  app.get<{ Querystring: WatchQuery }>(watchPath, (request, reply) => {
    const { query } = request;
    const kinds = parseKinds(query.kinds);
    const terms = parseTerms(query.services);
    const heartbeatMs = parseHeartbeat(query.heartbeat);
    const since = parseSince(query.since);
    const resumable = since > 0 && since >= state.log.floor && since <= state.revision && sameEpoch(request, state);
    if (!resumable && !hub.hasRoom) {
      throw tooManyRequests("too many clients are being sent the whole state", retryAfterSeconds);
    }
    const gzip = acceptsGzip(request);
    const id = randomUUID();
    reply.hijack();
    reply.raw.writeHead(200, {
      "content-type": "application/x-ndjson",
      "cache-control": "no-store",
      [epochHeader]: state.epoch,
      [streamHeader]: id,
      vary: "accept-encoding",
      ...(gzip ? { "content-encoding": "gzip" } : {}),
    });
    reply.raw.flushHeaders();
    const narrowing = terms === undefined ? undefined : { scope: new InstanceScope(terms), lists };
    hub.open(reply.raw, {
      id,
      feedKey: feedKey(kinds, terms !== undefined),
      format: terms === undefined ? meshFormat(kinds) : narrowMeshFormat(kinds, announcements),
      gzip,
      // Half of what readers may expect, so that a late timer here is not a dead stream there.
      bookmarkEveryMs: bookmarkIntervalMs / 2,
      timeoutMs: undefined,
      heartbeatMs,
      narrowing,
      start: (feed) =>
        resumable
          ? resume(state, feed, narrowing, since)
          : reset(state, feed, terms?.map((term) => lists.of(term)) ?? []),
    });
  });

  app.post<{ Params: { readonly id: string } }>(decodeURIComponent(streamPath(":id")), (request, reply) => {
    const { services } = readJsonObject(bodyOf(request));
    if (!Array.isArray(services)) throw badRequest("services: a list of terms was expected, which may be empty");
    const { id } = request.params;
    if (
      !hub.ask(
        id,
        services.map((term) => parseTerm(String(term))),
      )
    )
      throw noSuchStream(id);
    return reply.code(204).send();
  });
}

function reset(state: RegistryState, feed: Feed, instances: readonly Buffer[]): WatchStart {
  const { epoch, revision, mesh } = state;
  const opening = [
    line({ type: "RESET", epoch, mesh }, revision),
    ...feed.opening(),
    ...instances.map((bytes) => ({ bytes, revision })),
  ];
  return { opening, revision, opened: feed.bookmark(revision) };
}

/** What was missed is sent before the first bookmark, as in a reset. */
function resume(state: RegistryState, feed: Feed, narrowing: Narrowing | undefined, since: number): WatchStart {
  const opening = [line({ type: "RESUME", epoch: state.epoch, mesh: state.mesh }, since)];
  let revision = since;
  for (let block = feed.after(revision); block !== undefined; block = feed.after(revision)) {
    ({ revision } = block);
    const bytes = narrowing?.scope.bytesOf(block) ?? block.bytes;
    if (bytes.length > 0) opening.push({ bytes, revision });
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

/** Undefined: everybody's. */
function parseTerms(text: string | undefined): readonly InstanceTerm[] | undefined {
  return text
    ?.split(",")
    .filter((term) => term !== "")
    .map(parseTerm);
}

function parseHeartbeat(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const { min, max } = heartbeatSeconds;
  if (seconds >= min && seconds <= max) return seconds * 1_000;
  throw badRequest(`heartbeat: "${text}" is not a number of seconds from ${min} to ${max}`);
}
