import type { IncomingMessage } from "node:http";
import type { Attributes, Context } from "@opentelemetry/api";
import { withoutSecrets } from "../secrets.ts";
import { otelApi } from "./otel-api.ts";
import { currentTracer, knownServerSpan, type RpcMetadata, withServerSpan } from "./sdk-state.ts";
import { methodAttributes, spanAttributes } from "./span-attributes.ts";
import type { SpanRules } from "./span-rules.ts";
import { extractParent, unsampledSpan } from "./trace-headers.ts";

/** What is known of the server spans of this process. */
export interface ServerSpanFacts {
  /** `productpage.default.svc.cluster.local:9080/*`, as Istio names spans. */
  readonly operation: string;
  /** FQDN of this process's service. */
  readonly host: string;
  /** Envoy's name of the inbound cluster: `inbound|9080||`. */
  readonly upstreamCluster: string;
  /** Service of the caller, by its own word; undefined where it is not of the mesh. */
  readonly caller: string | undefined;
}

/** The server span of one inbound request. */
export interface ServerSpan {
  /** OpenTelemetry's context with the span in it. */
  readonly otel: Context;
  /** `status` 0: the caller went away before there was one. `flags` is `-` or Envoy's codes. */
  end(status: number, flags: string): void;
}

/**
 * Starts the server span of an inbound request; its parent is the caller's span. Where other instrumentation made a
 * server span of the request already, that one stays the only one: it gets the mesh's tags, and who made it ends it.
 * Undefined without an SDK.
 */
export function startServerSpan(
  facts: ServerSpanFacts,
  rules: SpanRules,
  request: IncomingMessage,
): ServerSpan | undefined {
  const tracer = currentTracer();
  if (tracer === undefined) return undefined;
  const active = otelApi().context.active();
  const known = knownServerSpan(active);
  if (known !== undefined) return adopted(active, known, rules.tags, request);
  // A span that was active when the server began to listen is nobody's parent here.
  const parent = extractParent(otelApi().trace.deleteSpan(active), request.headers);
  const isRoot = otelApi().trace.getSpanContext(parent) === undefined;
  if (!rules.reports) return { otel: parent, end: () => {} };
  const header = (name: string): string | undefined => request.headers[name]?.toString();
  const span =
    isRoot && rules.sampling?.({ side: "server", host: facts.host, header }) === false
      ? unsampledSpan()
      : tracer.startSpan(facts.operation, { kind: otelApi().SpanKind.SERVER }, parent);
  const metadata: RpcMetadata = { type: "http", span };
  const otel = withServerSpan(parent, metadata);
  if (!span.isRecording()) return { otel, end: () => {} };
  span.setAttributes(rules.tags);
  if (rules.tagsOf !== undefined) span.setAttributes(rules.tagsOf(header));
  span.setAttributes(requestAttributes(facts, request));
  return { otel, end: (status, flags) => end(metadata, status, flags) };
}

function adopted(otel: Context, { span }: RpcMetadata, owner: Attributes, { headers }: IncomingMessage): ServerSpan {
  if (span.isRecording()) {
    span.setAttributes(owner);
    span.setAttribute(spanAttributes.requestId, String(headers["x-request-id"] ?? ""));
  }
  return { otel, end: () => {} };
}

function end({ span, route }: RpcMetadata, status: number, flags: string): void {
  span.setAttribute(spanAttributes.responseFlags, flags);
  if (route !== undefined) span.setAttribute(spanAttributes.route, route);
  if (status > 0) span.setAttribute(spanAttributes.status, status);
  if (status === 0 || status >= 500) {
    span.setAttribute(spanAttributes.error, true);
    span.setAttribute(spanAttributes.errorType, status === 0 ? "caller gone" : String(status));
    span.setStatus({ code: otelApi().SpanStatusCode.ERROR });
  }
  span.end();
}

function requestAttributes({ host, upstreamCluster, caller }: ServerSpanFacts, request: IncomingMessage): Attributes {
  const { method = "GET", url = "/", headers, socket } = request;
  const [path, query] = splitQuery(withoutSecrets(url));
  const userAgent = headers["user-agent"];
  return {
    ...methodAttributes(method),
    [spanAttributes.urlScheme]: "encrypted" in socket ? "https" : "http",
    [spanAttributes.urlPath]: path,
    ...(query === undefined ? {} : { [spanAttributes.urlQuery]: query }),
    [spanAttributes.serverAddress]: host,
    [spanAttributes.serverPort]: socket.localPort ?? 0,
    [spanAttributes.peerAddress]: socket.remoteAddress ?? "",
    [spanAttributes.peerPort]: socket.remotePort ?? 0,
    [spanAttributes.protocolVersion]: request.httpVersion,
    [spanAttributes.upstreamCluster]: upstreamCluster,
    [spanAttributes.upstreamClusterName]: upstreamCluster,
    [spanAttributes.requestId]: String(headers["x-request-id"] ?? ""),
    ...(userAgent === undefined ? {} : { [spanAttributes.userAgent]: userAgent }),
    ...(caller === undefined
      ? {}
      : { [spanAttributes.clientServiceName]: caller, [spanAttributes.peerService]: caller }),
  };
}

function splitQuery(url: string): readonly [string, string | undefined] {
  const at = url.indexOf("?");
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)];
}

/** Runs with the given OpenTelemetry context active, where the application's own spans find their parent. */
export function withSpanContext<Result>(otel: Context, run: () => Result): Result {
  return otelApi().context.with(otel, run);
}
