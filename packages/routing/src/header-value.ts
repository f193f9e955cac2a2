import {
  type HeaderMap,
  type HeaderOperator,
  parseHeaderTemplate,
  type RequestFacts,
  type RequestView,
} from "@intramesh/core";
import { grpcStatusText } from "./grpc-status-text.ts";
import { findQueryParam } from "./query-param.ts";
import { compileTimeFormat } from "./time-format.ts";

/** What a header value may speak of. */
export interface HeaderContext {
  readonly request: RequestView;
  /** Undefined while the request is on its way. */
  readonly response: Pick<HeaderMap, "get"> | undefined;
  /** Undefined where a value is only explained: nothing has been sent. */
  readonly facts: RequestFacts | undefined;
}

/** A header value with Envoy's `%VAR%` operators, ready to be filled in. */
export type HeaderValue = string | readonly HeaderValuePart[];
type HeaderValuePart = string | ((context: HeaderContext) => string);

/** What an operator says; undefined where it has no value. */
type Read = (context: HeaderContext) => string | undefined;

/** Plain text stays a string, so that the common value costs nothing. */
export function compileHeaderValue(text: string): HeaderValue {
  if (!text.includes("%")) return text;
  const { parts } = parseHeaderTemplate(text);
  return parts.map((part) => (typeof part === "string" ? part : compileOperator(part)));
}

/** The text to send. An operator without a value is left out, as Envoy's header parser leaves it out. */
export function fillHeaderValue(value: HeaderValue, context: HeaderContext): string {
  if (typeof value === "string") return value;
  let text = "";
  for (const part of value) text += typeof part === "string" ? part : part(context);
  return text;
}

function compileOperator(operator: HeaderOperator): HeaderValuePart {
  const read = compileOperatorReader(operator);
  return (context) => read(context) ?? "";
}

/** What an operator says of a request, for header values and lines of access logs; undefined where it has no value. */
export function compileOperatorReader(operator: HeaderOperator): (context: HeaderContext) => string | undefined {
  const read = readerOf(operator);
  const { length } = operator;
  return length === Number.POSITIVE_INFINITY ? read : (context) => read(context)?.slice(0, length);
}

function readerOf({ name, argument }: HeaderOperator): Read {
  switch (name) {
    case "REQ":
      return eitherHeader(argument, ({ request }, header) => readRequest(request, header));
    case "REQ_WITHOUT_QUERY":
      return eitherHeader(argument, ({ request }, header) => withoutQuery(readRequest(request, header)));
    case "RESP":
      return eitherHeader(argument, ({ response }, header) => response?.get(header));
    case "PROTOCOL":
      return () => "HTTP/1.1";
    case "PATH":
      return pathReader(argument);
    case "QUERY_PARAM":
      return ({ request }) => findQueryParam(request.path, argument);
    case "TRACE_ID":
      return ({ request }) => request.header("traceparent")?.split("-")[1] ?? request.header("x-b3-traceid");
    case "STREAM_ID":
      return ({ request }) => request.header("x-request-id");
    case "GRPC_STATUS":
      return ({ response }) => grpcStatusText(response?.get("grpc-status"), argument);
    case "GRPC_STATUS_NUMBER":
      return ({ response }) => response?.get("grpc-status");
    case "START_TIME": {
      const format = compileTimeFormat(argument);
      return ({ facts }) => facts && format(facts.startedAtMs());
    }
    case "EMIT_TIME": {
      const format = compileTimeFormat(argument);
      return ({ facts }) => facts && format(facts.nowMs());
    }
    // Envoy's formatter of variables says "-" where there is none.
    case "ENVIRONMENT":
      return ({ facts }) => facts && (facts.environment(argument) ?? "-");
    default:
      return ({ facts }) => facts?.text(name);
  }
}

/** `first?second`: the second where the first is absent. */
function eitherHeader(argument: string, read: (context: HeaderContext, name: string) => string | undefined): Read {
  const [first = "", second] = argument.toLowerCase().split("?");
  if (second === undefined) return (context) => read(context, first);
  return (context) => read(context, first) ?? read(context, second);
}

function readRequest(request: RequestView, name: string): string | undefined {
  switch (name) {
    case ":method":
      return request.method;
    case ":path":
      return request.path;
    case ":authority":
    case "host":
      return request.authority;
    case ":scheme":
      return request.scheme;
    default:
      return request.header(name);
  }
}

/** `WQ` or `NQ` for with or without query, and `ORIG`, `PATH` or `ORIG_OR_PATH` for before or after a rewrite. */
function pathReader(argument: string): Read {
  const [query = "", which = ""] = argument.split(":");
  const original = "x-envoy-original-path";
  const read: Read = ({ request }) => {
    if (which === "PATH") return request.path;
    return request.header(original) ?? (which === "ORIG" ? undefined : request.path);
  };
  return query === "NQ" ? (context) => withoutQuery(read(context)) : read;
}

function withoutQuery(path: string | undefined): string | undefined {
  return path?.split("?", 1)[0];
}
