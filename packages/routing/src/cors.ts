import { HeaderMap, parseDurationMs, type RequestView, type RoutePolicy, type StringMatch } from "@intramesh/core";
import { compileValueMatcher, matchesValue, type ValueMatcher } from "./value-matcher.ts";

/** A route's corsPolicy, ready to be asked (Envoy's http/cors filter). */
export interface CorsRules {
  /** The answer to a preflight that ends here; undefined for what is forwarded. */
  answerPreflight(view: RequestView): HeaderMap | undefined;
  /** Adds to a response what tells a browser that this origin may read it. */
  addToResponse(headers: HeaderMap, view: RequestView): void;
}

/** The corsPolicy as `config` writes it, every key there. */
interface CorsPolicy {
  readonly allowOrigins: readonly Readonly<Record<string, string>>[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAge: string | null;
  readonly allowCredentials: boolean;
  readonly unmatchedPreflights: string;
}

/** Undefined for a route without a corsPolicy. */
export function compileCors({ cors }: RoutePolicy): CorsRules | undefined {
  if (cors === undefined) return undefined;
  // config checks the policy and fills in its keys.
  const policy = cors as unknown as CorsPolicy;
  const origins = policy.allowOrigins.map(compileOrigin);
  const isAllowed = (origin: string): boolean => origins.some((matcher) => matchesValue(matcher, origin));
  const maxAgeMs = policy.maxAge === null ? undefined : parseDurationMs(policy.maxAge);

  function preflightHeaders(view: RequestView): HeaderMap {
    const headers = new HeaderMap();
    if (policy.allowCredentials) headers.append("access-control-allow-credentials", "true");
    addList(headers, "access-control-allow-methods", policy.allowMethods, view.header("access-control-request-method"));
    addList(
      headers,
      "access-control-allow-headers",
      policy.allowHeaders,
      view.header("access-control-request-headers"),
    );
    if (maxAgeMs !== undefined) headers.append("access-control-max-age", String(Math.floor(maxAgeMs / 1_000)));
    return headers;
  }

  return {
    answerPreflight(view) {
      const origin = view.header("origin");
      if (view.method !== "OPTIONS" || origin === undefined) return undefined;
      if (view.header("access-control-request-method") === undefined) return undefined;
      if (isAllowed(origin)) {
        const headers = preflightHeaders(view);
        headers.append("access-control-allow-origin", origin);
        return headers;
      }
      return policy.unmatchedPreflights === "IGNORE" ? preflightHeaders(view) : undefined;
    },
    addToResponse(headers, view) {
      const origin = view.header("origin");
      if (origin === undefined || !isAllowed(origin)) return;
      headers.set("access-control-allow-origin", origin);
      if (policy.allowCredentials) headers.set("access-control-allow-credentials", "true");
      if (policy.exposeHeaders.length > 0) {
        headers.set("access-control-expose-headers", policy.exposeHeaders.join(","));
      }
    },
  };
}

/** Istio's exact `*` is any origin. */
function compileOrigin({ exact, prefix, regex }: Readonly<Record<string, string>>): ValueMatcher {
  let match: StringMatch = { kind: "exact", value: exact ?? "" };
  if (exact === "*") match = { kind: "present" };
  else if (prefix !== undefined) match = { kind: "prefix", value: prefix };
  else if (regex !== undefined) match = { kind: "regex", value: regex };
  return compileValueMatcher(match);
}

/** `*` alone allows what was asked for, by name: browsers do not take a star beside credentials. */
function addList(headers: HeaderMap, name: string, allowed: readonly string[], asked: string | undefined): void {
  if (allowed.length === 0) return;
  const isAny = allowed.length === 1 && allowed[0] === "*";
  headers.append(name, isAny && asked !== undefined ? asked : allowed.join(","));
}
