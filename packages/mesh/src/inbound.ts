import type { IncomingMessage, ServerResponse } from "node:http";
import { eventLoopUtilizationHeader, formatEventLoopUtilization } from "@intramesh/balancing";
import type { Clock, ResiliencePolicy } from "@intramesh/core";
import {
  isGrpc,
  isRetryUpstream,
  noRetryHeader,
  rateLimitedBody,
  rateLimitedHeaders,
  remainingMs,
} from "@intramesh/resilience";
import {
  type AmbientContext,
  createHeaderGatherer,
  type Edge,
  type IstioMetrics,
  type MetricsText,
  type RequestTracer,
  runInContext,
  type ServerSpanFacts,
  sdkRegistered,
  shownGrpcStatus,
  withSpanContext,
} from "@intramesh/telemetry";
import { createInbound, type Inbound } from "@intramesh/transport";
import type { AccessLogs } from "./access-logs.ts";
import { abortCalls } from "./calls-of-request.ts";
import { createEventLoopMeter } from "./event-loop-meter.ts";
import { explainHeader } from "./explanations.ts";
import { measureBodies } from "./inbound-bodies.ts";
import { createInboundLimiter } from "./inbound-limiter.ts";
import { connectionEnds, inboundView, loggedInbound } from "./logged-inbound.ts";
import { createRequestIds } from "./request-id.ts";
import { serveMetrics } from "./serve-metrics.ts";
import { flagsHeader } from "./stages/answer-failure.ts";
import { decodePeer, destinationEdge, peerHeader, type Workload } from "./workload.ts";

const nextRequestId = createRequestIds();

export interface InboundParts {
  readonly self: Workload;
  readonly clock: Clock;
  /** Port by which callers know this process; undefined where it only calls. */
  readonly port: number | undefined;
  readonly tracer: RequestTracer;
  readonly metrics: IstioMetrics;
  readonly accessLogs: AccessLogs;
  readonly propagate: readonly string[];
  readonly metricsPath: string | undefined;
  /** Whose wish for decisions is listened to. */
  readonly explain: "loopback" | "any" | "none";
  /** Policy of this service's own, for its `inbound` rate limit. */
  resilience(): ResiliencePolicy | undefined;
  /** The metrics page. */
  scrape(): Promise<MetricsText>;
}

/** The server side: context for outbound calls, a server span, the callee's report of each request, the metrics page. */
export function createMeshInbound(parts: InboundParts): Inbound {
  const { self, clock, metrics, metricsPath, tracer } = parts;
  const gather = createHeaderGatherer(parts.propagate);
  const service = {
    host: `${self.service}.${self.namespace}.svc.cluster.local`,
    name: self.service,
    namespace: self.namespace,
  };
  const edges = new Map<string, Edge>();
  const utilization = createEventLoopMeter(clock);
  const limiter = createInboundLimiter(() => parts.resilience()?.inboundRateLimit);

  function edgeOf(peer: string): Edge {
    const known = edges.get(peer);
    if (known !== undefined) return known;
    const edge = metrics.edge(destinationEdge(decodePeer(peer), self, service));
    // Callers are few; a caller that makes names up is cut off by the metrics' own limit.
    if (edges.size < 2_000) edges.set(peer, edge);
    return edge;
  }

  function spanFacts(peer: string, request: IncomingMessage): ServerSpanFacts {
    const port = parts.port ?? request.socket.localPort ?? 0;
    const { app } = decodePeer(peer);
    return {
      operation: `${service.host}:${port}/*`,
      host: service.host,
      upstreamCluster: `inbound|${port}||`,
      caller: app === "unknown" ? undefined : app,
    };
  }

  function context(request: IncomingMessage, forbidRetry: () => void, otel: AmbientContext["otel"]): AmbientContext {
    return {
      ...gather(request.headers),
      deadline: deadlineOf(request, clock.now()),
      isRetry: isRetryUpstream((name) => request.headers[name]?.toString()),
      forbidRetry,
      calls: new Set(),
      explain: wantsExplanation(request, parts.explain),
      otel,
    };
  }

  return createInbound({
    enter(request, response, handle) {
      if (metricsPath !== undefined && request.method === "GET" && isFor(metricsPath, request.url)) {
        serveMetrics(request, response, parts.scrape());
        return undefined;
      }
      const startedAt = clock.now();
      const sizes = measureBodies(request, response);
      const ends = parts.accessLogs.server === undefined ? undefined : connectionEnds(request);
      if (request.headers[eventLoopUtilizationHeader] !== undefined) {
        delete request.headers[eventLoopUtilizationHeader];
        response.setHeader(eventLoopUtilizationHeader, formatEventLoopUtilization(utilization()));
      }
      request.headers["x-request-id"] ??= nextRequestId();
      const peer = takePeer(request);
      const edge = edgeOf(peer);
      const traced = sdkRegistered() ? tracer.server(spanFacts(peer, request), request) : undefined;
      const ambient = context(request, () => forbidRetry(response, peer), traced?.otel);
      const waitMs = limiter.refuse(peer, request.url ?? "/", startedAt);
      const isLate = ambient.deadline <= startedAt;
      if (waitMs !== undefined) refuseLimited(response, waitMs);
      else if (isLate) refuseExpired(response);
      else if (traced === undefined) runInContext(ambient, handle);
      else runInContext(ambient, () => withSpanContext(traced.otel, handle));
      return () => {
        const status = response.headersSent ? response.statusCode : 0;
        const flags = response.writableFinished ? "-" : "DC";
        const refusal = waitMs !== undefined ? "RL" : isLate ? "UT" : "-";
        if (!response.writableFinished) abortCalls(ambient);
        edge.record({
          status,
          flags: flags === "-" ? refusal : flags,
          grpcStatus: grpcStatusOf(request, response),
          durationMs: clock.now() - startedAt,
          requestBytes: sizes.requestBytes(),
          responseBytes: sizes.responseBytes(),
          tags: metrics.rules.serverTags?.(inboundView(request)),
        });
        traced?.end(status, flags === "-" ? refusal : flags);
        const log = parts.accessLogs.server;
        if (log === undefined || ends === undefined) return;
        const codes = ([flags, refusal] as const).filter((code) => code !== "-");
        const clusterName = `inbound|${parts.port ?? request.socket.localPort ?? 0}||`;
        log.log(loggedInbound({ request, response, ends, status, flags: codes, sizes, startedAt, clock, clusterName }));
      };
    },
  });
}

/** With a query too, as scrapers may be told to send one. */
function isFor(path: string, url = "/"): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === "?");
}

/** When the caller stops waiting, by its own word; Infinity where it says nothing. */
function deadlineOf(request: IncomingMessage, now: number): number {
  const leftMs = remainingMs((name) => request.headers[name]?.toString());
  if (leftMs === undefined) return Number.POSITIVE_INFINITY;
  return leftMs <= 0 ? Number.NEGATIVE_INFINITY : now + leftMs;
}

function refuseLimited(response: ServerResponse, waitMs: number): void {
  response.statusCode = 429;
  response.setHeader(flagsHeader, "RL");
  for (const [name, value] of rateLimitedHeaders(waitMs)) response.setHeader(name, value);
  response.end(rateLimitedBody);
}

/** Nobody waits for the answer any more: the handler is spared the work. */
function refuseExpired(response: ServerResponse): void {
  response.statusCode = 504;
  response.setHeader(flagsHeader, "UT");
  response.end("the caller's deadline had passed when the request arrived");
}

/** What an untrusted caller wishes is taken away, so that the handler does not act on it either. */
function wantsExplanation(request: IncomingMessage, trust: "loopback" | "any" | "none"): boolean {
  const wish = request.headers[explainHeader];
  if (wish === undefined) return false;
  const { remoteAddress = "" } = request.socket;
  const trusted = trust === "any" || (trust === "loopback" && /^(::1|(::ffff:)?127\.)/.test(remoteAddress));
  if (!trusted) delete request.headers[explainHeader];
  return trusted && wish === "1";
}

/** Only meshes know the header, and take it off again. */
function forbidRetry(response: ServerResponse, peer: string): void {
  if (peer !== "" && !response.headersSent) response.setHeader(noRetryHeader, "1");
}

/** The peer header is between meshes; the handler does not see it. */
function takePeer(request: IncomingMessage): string {
  const peer = request.headers[peerHeader];
  delete request.headers[peerHeader];
  return typeof peer === "string" ? peer : "";
}

/** Undefined unless it is a gRPC request; a status in trailers is not seen. */
function grpcStatusOf(request: IncomingMessage, response: ServerResponse): string | undefined {
  if (!isGrpc(request.headers["content-type"])) return undefined;
  return shownGrpcStatus(response.getHeader("grpc-status")?.toString());
}
