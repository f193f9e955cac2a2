import { grpcStatusNames } from "@intramesh/core";
import { duration, honoured, int32, integer, object, oneOf, port, refused, regex, text } from "./build-schema.ts";
import { destination, headers, percent } from "./destination.ts";
import type { ObjectSchema, TypeSchema } from "./field-schema.ts";

export const routeDestination: ObjectSchema = object("HttpRouteDestination", "One destination and its share.", {
  destination: honoured(destination, "Where the requests go.", { required: true }),
  weight: honoured(
    int32(0),
    "Share of the requests: weight ÷ sum of all weights. A single destination takes everything; of several, those of weight 0 take nothing.",
    { default: "0" },
  ),
  headers: honoured(headers, "Changes of headers for this destination."),
});

export const redirect: ObjectSchema = object(
  "HttpRedirect",
  "Answers with a redirect. At least one part of the URL changes.",
  {
    uri: honoured(text, "The new path. The query is kept unless this has one."),
    prefixRewrite: honoured(
      text,
      "Replaces the matched prefix; every `uri` match of the rule is a prefix. Excludes `uri`.",
    ),
    authority: honoured(text, "The new authority."),
    port: honoured(port, "The new port, 1 to 65535. Excludes `derivePort`."),
    derivePort: honoured(
      oneOf("FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"),
      "Takes the port from the scheme, or from the request.",
      { differs: "The port in the URL stands for the listener's." },
    ),
    scheme: honoured(text, "`http` or `https`."),
    redirectCode: honoured(
      integer(0, 399),
      "301, 302, 303, 307 or 308. Others from 300 to 399 pass and cannot be sent.",
      {
        default: "301",
      },
    ),
  },
);

const responseBody: ObjectSchema = object("HttpBody", "A body of at most 1 MiB: one of the two.", {
  string: honoured(text, "As text."),
  bytes: honoured(text, "In base64.", { differs: "Bytes that are not UTF-8 text give an empty body." }),
});

export const directResponse: ObjectSchema = object("HttpDirectResponse", "Answers without asking anybody.", {
  status: honoured(integer(200, 600), "HTTP status, 200 to 600.", { required: true }),
  body: honoured(responseBody, "The body of the answer.", { default: "empty" }),
});

export const delegate: ObjectSchema = object("DelegateSpec", "Hands the rule on to another VirtualService.", {
  name: honoured(text, "A VirtualService without hosts.", { required: true }),
  namespace: honoured(text, "Its namespace.", { default: "this VirtualService's" }),
});

const regexRewrite: ObjectSchema = object("RegexRewrite", "Replaces every match of a pattern in the path.", {
  match: honoured(regex, "What to replace, RE2 syntax; the query is left alone.", { required: true }),
  rewrite: honoured(text, "What to put there; `\\1` is the first group.", { required: true }),
});

export const rewrite: ObjectSchema = object("HttpRewrite", "Changes the request before it leaves. At least one part.", {
  uri: honoured(text, "Replaces the matched prefix, or the whole path of an exact or regex match. The query is kept."),
  authority: honoured(text, "Sets the authority."),
  uriRegexRewrite: honoured(regexRewrite, "Replaces by pattern. Excludes `uri`."),
});

const delay: ObjectSchema = object("FaultDelay", "Holds requests back. The route's timeout starts afterwards.", {
  percent: honoured(integer(0, 100), "Share of the requests in whole percent.", { deprecated: "percentage" }),
  percentage: honoured(percent, "Share of the requests.", { default: "0 %" }),
  fixedDelay: honoured(duration, "How long, at least 1ms."),
  exponentialDelay: refused(duration, "A delay that grows. Istio's own check turns it down too."),
});

const grpcStatus: TypeSchema = oneOf(...grpcStatusNames);

const abort: ObjectSchema = object("FaultAbort", "Answers in the destination's place; is not retried.", {
  httpStatus: honoured(integer(200, 600), "HTTP status, 200 to 600. Excludes `grpcStatus`."),
  grpcStatus: honoured(grpcStatus, "Name of a gRPC status, sent with HTTP 200. Excludes `httpStatus`."),
  http2Error: refused(text, "An HTTP/2 error. Istio's own check turns it down too."),
  percentage: honoured(percent, "Share of the requests.", { default: "0 %" }),
});

export const fault: ObjectSchema = object(
  "HttpFaultInjection",
  "Faults on purpose: delay, then abort, each with dice of its own.",
  {
    delay: honoured(delay, "Holds requests back; flag `DI`."),
    abort: honoured(abort, "Breaks requests off; flag `FI`."),
  },
);

export const mirror: ObjectSchema = object("HttpMirrorSpec", "One destination of copies.", {
  destination: honoured(destination, "Where the copies go.", { required: true }),
  percentage: honoured(percent, "Share of the requests that is copied.", { default: "100 %" }),
});
