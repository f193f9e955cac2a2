import type { Exchange, Outcome, ResponseOutcome } from "@intramesh/core";
import { MeshError } from "@intramesh/core";
import { applyHostHeader } from "../host-header.ts";
import { abortExchange, HttpExchange } from "../http-exchange.ts";
import { closeWhenSettled, emptyBody } from "../request-body.ts";
import { targetOf } from "../target.ts";
import { type FaceRuntime, MeshDispatcher } from "./dispatcher.ts";
import { type FetchInput, type FetchRequest, readFetchRequest } from "./fetch-request.ts";
import { responseOf } from "./fetch-response.ts";

/** https://fetch.spec.whatwg.org/#http-redirect-fetch */
const maxRedirects = 20;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers that a redirect to another origin must not carry along. */
const originBoundHeaders = ["authorization", "proxy-authorization", "cookie", "host"];
const bodyHeaders = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];

/**
 * fetch, through the mesh. Schemes other than http and https go to the fetch that is built into Node, and so do requests
 * with `integrity`, whose bytes it checks: those by way of the mesh's dispatcher.
 */
export function createFetch(runtime: FaceRuntime): typeof globalThis.fetch {
  // The global one may become the mesh's own.
  const builtIn = globalThis.fetch;
  let dispatcher: MeshDispatcher | undefined;
  return async (given, init) => {
    const input = inputOf(given as FetchInput);
    if (leavesTheMesh(input)) return builtIn(given, init);
    if (hasIntegrity(input, init)) {
      dispatcher ??= new MeshDispatcher(runtime);
      return builtIn(given, { ...init, dispatcher } as unknown as RequestInit);
    }
    const request = readFetchRequest(input, init, runtime.replayLimitBytes);
    const { signal, body } = request;
    signal?.throwIfAborted();
    const fetched = signal === undefined ? follow(runtime, request, undefined) : withSignal(runtime, request, signal);
    if (body.close !== undefined) void fetched.catch(body.close);
    return fetched;
  };
}

/** Where the running exchange of a fetch is kept for its signal: redirects make several. */
interface Current {
  exchange: Exchange | undefined;
}

async function withSignal(runtime: FaceRuntime, request: FetchRequest, signal: AbortSignal): Promise<Response> {
  const current: Current = { exchange: undefined };
  const onAbort = (): void => {
    if (current.exchange !== undefined) abortExchange(current.exchange, { kind: "caller", cause: signal.reason });
  };
  signal.addEventListener("abort", onAbort, { once: true });
  const release = (): void => signal.removeEventListener("abort", onAbort);
  try {
    return await follow(runtime, request, current, release);
  } catch (error) {
    release();
    throw signal.aborted ? signal.reason : error;
  }
}

async function follow(
  runtime: FaceRuntime,
  request: FetchRequest,
  current: Current | undefined,
  onSettled?: () => void,
): Promise<Response> {
  let { url, method, headers, body } = request;
  for (let redirects = 0; ; redirects += 1) {
    const path = url.pathname + url.search;
    const exchange = new HttpExchange(method, targetOf(url), path, headers, body, runtime.clock.now());
    const pristine = redirects < maxRedirects && request.redirect === "follow" ? headers.clone() : headers;
    applyHostHeader(exchange);
    if (current !== undefined) current.exchange = exchange;
    const outcome = responseFrom(await runtime.handle(exchange));
    const location = redirectStatuses.has(outcome.status) ? outcome.header("location") : undefined;
    if (location === undefined || request.redirect === "manual") {
      closeWhenSettled(request.body, outcome);
      if (onSettled !== undefined) outcome.body.onSettled(onSettled);
      const origin = { url: withoutFragment(url), redirected: redirects > 0, signal: request.signal };
      return responseOf(outcome, method, origin);
    }
    outcome.body.discard();
    if (request.redirect === "error") throw failed(new Error(`unexpected redirect to ${location}`));
    if (redirects === maxRedirects)
      throw failed(new Error(`redirect count exceeded: ${maxRedirects} redirects, the last from ${url.href}`));
    const next = nextUrl(location, url);
    headers = pristine;
    if (becomesGet(outcome.status, method)) {
      method = "GET";
      body = emptyBody;
      for (const name of bodyHeaders) headers.delete(name);
    } else if (!body.replayable()) {
      throw failed(new Error(`${outcome.status} from ${url.href} asks for the request body again, which was a stream`));
    }
    if (next.origin !== url.origin) for (const name of originBoundHeaders) headers.delete(name);
    if (next.hash === "") next.hash = url.hash;
    url = next;
  }
}

function responseFrom(outcome: Outcome): ResponseOutcome {
  if (outcome.kind === "response") return outcome;
  const { cause } = outcome;
  if (cause instanceof MeshError) throw cause;
  throw failed(cause instanceof Error ? cause : new Error(outcome.reason, { cause }));
}

function failed(cause: Error): TypeError {
  return new TypeError("fetch failed", { cause });
}

function nextUrl(location: string, base: URL): URL {
  const next = URL.parse(location, base.href);
  if (next === null) throw failed(new Error(`redirect to "${location}", which is no URL`));
  if (next.protocol !== "http:" && next.protocol !== "https:")
    throw failed(new Error("URL scheme must be a HTTP(S) scheme"));
  if (next.username !== "" || next.password !== "")
    throw failed(new Error(`redirect to a URL that includes credentials: ${next.origin}${next.pathname}`));
  return next;
}

function becomesGet(status: number, method: string): boolean {
  return (
    ((status === 301 || status === 302) && method === "POST") ||
    (status === 303 && method !== "GET" && method !== "HEAD")
  );
}

/** fetch takes whatever has a text for a URL. */
function inputOf(given: FetchInput): FetchInput {
  if (typeof given === "string" || given instanceof URL) return given;
  return typeof given === "object" && given !== null && "headers" in given ? given : String(given);
}

function leavesTheMesh(input: FetchInput): boolean {
  const url = typeof input === "string" ? input : "url" in input ? input.url : input.href;
  return !/^https?:/i.test(url);
}

function hasIntegrity(input: FetchInput, init: RequestInit | undefined): boolean {
  const ofRequest = typeof input === "object" && "integrity" in input ? input.integrity : "";
  return (init?.integrity ?? ofRequest) !== "";
}

function withoutFragment({ href, hash }: URL): string {
  return hash === "" ? href : href.slice(0, -hash.length);
}
