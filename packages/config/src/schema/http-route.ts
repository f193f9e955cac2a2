import { duration, flag, honoured, int32, integer, listOf, object, oneOf, text } from "./build-schema.ts";
import { destination, headers, percent } from "./destination.ts";
import type { ObjectSchema, TypeSchema } from "./field-schema.ts";
import { delegate, directResponse, fault, mirror, redirect, rewrite, routeDestination } from "./http-actions.ts";
import { httpMatch } from "./http-match.ts";
import { stringMatch } from "./string-match.ts";

/** How often a request is tried; a MeshConfig has one too. */
export const httpRetry: ObjectSchema = object(
  "HttpRetry",
  "When and how often a request is tried again. Fields left out keep their defaults; every method is retried.",
  {
    attempts: honoured(int32(0), "Tries after the first one; 0 switches retries off.", { default: "2" }),
    perTryTimeout: honoured(duration, "For one try, at least 1ms. Without effect where it is not below `timeout`.", {
      default: "none",
    }),
    retryOn: honoured(
      text,
      "Conditions and status codes, with commas and without spaces: `5xx`, `gateway-error`, `connect-failure`, `503` …",
      { default: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes" },
    ),
    retryRemoteLocalities: honoured(
      flag,
      "From the second retry on, localities of the priorities tried before are left out, and the next nearest are tried. Pinned requests (`consistentHash`) keep theirs.",
      { default: "false" },
    ),
    retryIgnorePreviousHosts: honoured(flag, "Retries avoid the endpoints tried before.", {
      default: "true; false where a single destination uses consistent hashing",
    }),
    backoff: honoured(duration, "Base of the wait before a retry, at least 1ms; it doubles, to ten times the base.", {
      default: "25ms",
    }),
  },
);

const corsMethod: TypeSchema = oneOf(
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "*",
);

const cors: ObjectSchema = object("CorsPolicySpec", "Which origins browsers may call from.", {
  allowOrigin: honoured(listOf(text), "Exact origins.", { deprecated: "allowOrigins" }),
  allowOrigins: honoured(listOf(stringMatch), "Origins; exact `*` is any."),
  allowMethods: honoured(listOf(corsMethod), "Methods allowed; `*` is any."),
  allowHeaders: honoured(listOf(text), "Request headers allowed."),
  exposeHeaders: honoured(listOf(text), "Response headers that scripts may read."),
  maxAge: honoured(duration, "How long a preflight may be kept, whole seconds."),
  allowCredentials: honoured(flag, "Allows cookies and credentials.", { default: "false" }),
  unmatchedPreflights: honoured(
    oneOf("UNSPECIFIED", "FORWARD", "IGNORE"),
    "What becomes of a preflight from another origin: forwarded, or answered.",
    { default: "FORWARD" },
  ),
});

export const httpRoute: ObjectSchema = object(
  "HttpRoute",
  "One rule: what it takes, and one of `route`, `redirect`, `directResponse` and `delegate`.",
  {
    name: honoured(text, "A name for people: decisions show it."),
    match: honoured(listOf(httpMatch), "Any of these; without one the rule takes every request.", {
      default: "everything",
    }),
    route: honoured(listOf(routeDestination), "Where requests go; one destination is chosen for all tries."),
    redirect: honoured(redirect, "Answers with a redirect."),
    directResponse: honoured(directResponse, "Answers without asking anybody."),
    delegate: honoured(delegate, "Hands the rule on to another VirtualService. One level."),
    rewrite: honoured(rewrite, "Changes path and authority. Needs `route`."),
    timeout: honoured(duration, "For all tries and the waiting between them, at least 1ms; then 504 with flag `UT`.", {
      default: "none",
    }),
    retries: honoured(httpRetry, "When to try again.", { default: "2 retries of failed connections" }),
    fault: honoured(fault, "Faults on purpose. Needs `route`."),
    mirror: honoured(destination, "Where copies go. Excludes `mirrors`."),
    mirrorPercent: honoured(integer(0, 100), "Share of the requests that `mirror` gets, in whole percent.", {
      deprecated: "mirrorPercentage",
    }),
    mirrorPercentage: honoured(percent, "Share of the requests that `mirror` gets.", { default: "100 %" }),
    mirrors: honoured(listOf(mirror), "Where copies go, several. Their answers are dropped, their failures not seen."),
    corsPolicy: honoured(cors, "Answers to browsers of other origins."),
    headers: honoured(headers, "Changes of headers for every destination."),
  },
);
