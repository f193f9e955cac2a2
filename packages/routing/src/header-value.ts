import type { HeaderMap, RequestView } from "@intramesh/core";

/** What a header value may speak of. `response` is undefined while the request is on its way. */
export interface HeaderContext {
  readonly request: RequestView;
  readonly response: HeaderMap | undefined;
}

/** A header value with Envoy's `%VAR%` operators, ready to be filled in. */
export type HeaderValue = string | readonly HeaderValuePart[];
type HeaderValuePart = string | ((context: HeaderContext) => string);

/** Stands for an operator that an in-process client has no value for, as in Envoy's formatters. */
const noValue = "-";
const operator = /%%|%([A-Z_0-9]+)(?:\(([^)]*)\))?(?::(\d+))?%/g;

/** Plain text stays a string, so that the common value costs nothing. */
export function compileHeaderValue(text: string): HeaderValue {
  if (!text.includes("%")) return text;
  const parts: HeaderValuePart[] = [];
  let position = 0;
  for (const found of text.matchAll(operator)) {
    if (found.index > position) parts.push(text.slice(position, found.index));
    parts.push(found[0] === "%%" ? "%" : compileOperator(found[1]!, found[2], found[3]));
    position = found.index + found[0].length;
  }
  if (position < text.length) parts.push(text.slice(position));
  return parts;
}

/** The text to send. */
export function fillHeaderValue(value: HeaderValue, context: HeaderContext): string {
  if (typeof value === "string") return value;
  let text = "";
  for (const part of value) text += typeof part === "string" ? part : part(context);
  return text;
}

function compileOperator(name: string, argument: string | undefined, limit: string | undefined): HeaderValuePart {
  const maxLength = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  const [first = "", second] = (argument ?? "").toLowerCase().split("?");
  switch (name) {
    case "REQ":
      return ({ request }) => clip(readRequest(request, first) ?? readRequest(request, second) ?? "", maxLength);
    case "RESP":
      return ({ response }) =>
        clip(response?.get(first) ?? (second === undefined ? undefined : response?.get(second)) ?? "", maxLength);
    case "PROTOCOL":
      return "HTTP/1.1";
    default:
      return noValue;
  }
}

function readRequest(request: RequestView, name: string | undefined): string | undefined {
  switch (name) {
    case undefined:
      return undefined;
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

function clip(text: string, maxLength: number): string {
  return text.length > maxLength ? text.slice(0, maxLength) : text;
}
