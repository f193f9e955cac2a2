import type { EffectiveTrafficPolicy, HeaderOperations } from "./policy.ts";

/** What the routing says of one request, before any endpoint is picked. Every key is always there. */
export interface Decision {
  readonly outcome: "forward" | "redirect" | "respond" | "no-route" | "unknown-host";
  readonly host: string;
  readonly port: number;
  /** `namespace/name`, the root one under delegation; null where the default route applies. */
  readonly virtualService: string | null;
  readonly delegate: string | null;
  readonly route: DecidedRoute | null;
  readonly destinations: readonly DecidedDestination[];
  /** The request after the route's rewrite; `headers` are the route's own operations. */
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly authority: string;
    readonly headers: HeaderOperations;
  };
  readonly responseHeaders: HeaderOperations;
  readonly timeoutMs: number | null;
  readonly retry: {
    readonly attempts: number;
    readonly perTryTimeoutMs: number | null;
    readonly retryOn: readonly string[];
    readonly retriableStatusCodes: readonly number[];
    readonly backoffMs: { readonly base: number; readonly max: number };
    readonly ignorePreviousHosts: boolean;
    readonly remoteLocalities: boolean;
  };
  readonly fault: {
    readonly delay: { readonly percent: number; readonly ms: number } | null;
    readonly abort: {
      readonly percent: number;
      readonly httpStatus: number | null;
      readonly grpcStatus: string | null;
    } | null;
  } | null;
  readonly mirrors: readonly DecidedMirror[];
  readonly cors: Readonly<Record<string, unknown>> | null;
  readonly redirect: { readonly location: string; readonly status: number } | null;
  readonly response: { readonly status: number; readonly body: string; readonly flags: string | null } | null;
  readonly policy: EffectiveTrafficPolicy | null;
  /** One line per step: which VirtualService, each match with expected and actual. */
  readonly why: readonly string[];
}

/** Which rule of the root VirtualService decided. `match` is null for a match-all, names where nobody gave one. */
export interface DecidedRoute {
  readonly index: number;
  readonly name: string | null;
  readonly match: number | null;
  readonly matchName: string | null;
}

/** One destination, and the request that it would get. */
export interface DecidedDestination {
  readonly host: string;
  readonly port: number;
  readonly subset: string | null;
  /** Percentage of the total. */
  readonly weight: number;
  /** False: no such service, subset or port; its share of the requests gets 503 NC. */
  readonly known: boolean;
  readonly endpoints: readonly string[];
  readonly requestHeaders: HeaderOperations;
  readonly responseHeaders: HeaderOperations;
  /** The request as it would leave for this destination. */
  readonly sent: {
    readonly path: string;
    readonly authority: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** A copy that is sent beside the request; `percent` is 0 to 100. */
export interface DecidedMirror {
  readonly host: string;
  readonly subset: string | null;
  readonly port: number;
  readonly percent: number;
}
