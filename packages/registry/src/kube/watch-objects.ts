import type { FastifyReply } from "fastify";
import { badRequest, expired } from "../http/status.ts";
import type { RegistryState } from "../state/registry-state.ts";
import type { Block, Feed } from "../watch/feed.ts";
import type { WatchHub } from "../watch/watch-hub.ts";
import type { WatchStart } from "../watch/watcher.ts";
import { isTrue, type KubeQuery } from "./kube-query.ts";
import { bookmarkLine, fixedLines, type KubeWatch, kubeFormat } from "./watch-format.ts";

/** Kubernetes' own interval. */
const bookmarkEveryMs = 60_000;

/** The longest: Kubernetes ends watches after 30 to 60 minutes; informers ask for 5 to 10. */
const maxTimeoutMs = 3_600_000;

let feeds = 0;

/** Answers a request with Kubernetes' watch stream. */
export function watchObjects(
  reply: FastifyReply,
  state: RegistryState,
  hub: WatchHub,
  watch: Omit<KubeWatch, "bookmarks">,
  query: KubeQuery,
): void {
  const bookmarks = isTrue(query.allowWatchBookmarks);
  const from = parseFrom(query, state);
  const timeoutMs = parseTimeout(query.timeoutSeconds);
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  reply.raw.flushHeaders();
  if (from.kind === "gone") {
    const object = expired(from.revision, state.log.floor).status;
    reply.raw.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
    return;
  }
  const kubeWatch: KubeWatch = { ...watch, bookmarks };
  hub.open(reply.raw, {
    id: undefined,
    feedKey: `kube ${++feeds}`,
    format: kubeFormat(kubeWatch),
    gzip: false,
    bookmarkEveryMs,
    timeoutMs,
    heartbeatMs: undefined,
    narrowing: undefined,
    start: (feed) => startAt(state, feed, from, kubeWatch),
  });
}

/** 0 leaves it to the server, as Kubernetes has it. */
function parseTimeout(text: string | undefined): number {
  const timeoutMs = Number(text ?? 0) * 1_000;
  if (!(timeoutMs >= 0)) throw badRequest(`timeoutSeconds: "${text}" is not a number of seconds`);
  return timeoutMs === 0 ? maxTimeoutMs : Math.min(timeoutMs, maxTimeoutMs);
}

type From =
  /** With all there is, then what comes. */
  | { readonly kind: "now"; readonly initialEventsEnd: boolean }
  | { readonly kind: "after"; readonly revision: number }
  | { readonly kind: "gone"; readonly revision: number };

function parseFrom(query: KubeQuery, state: RegistryState): From {
  if (isTrue(query.sendInitialEvents)) return { kind: "now", initialEventsEnd: true };
  const text = query.resourceVersion ?? "";
  if (text === "" || text === "0") return { kind: "now", initialEventsEnd: false };
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`resourceVersion: "${text}" is not one of this registry's`);
  const revision = Number(text);
  const known = revision >= state.log.floor && revision <= state.revision;
  return { kind: known ? "after" : "gone", revision };
}

function startAt(state: RegistryState, feed: Feed, from: From, watch: KubeWatch): WatchStart {
  if (from.kind !== "now") return { opening: [], revision: from.revision, opened: undefined };
  const { revision } = state;
  const opening: readonly Block[] =
    watch.fixed === undefined ? feed.opening() : [{ bytes: Buffer.from(fixedLines(watch)), revision }];
  if (!from.initialEventsEnd) return { opening, revision, opened: undefined };
  const end = bookmarkLine(watch, revision, { "k8s.io/initial-events-end": "true" });
  return { opening, revision, opened: Buffer.from(end) };
}
