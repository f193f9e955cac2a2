import type { Decision, HeaderOperations } from "@intramesh/core";

/** No operations at all. */
export const noOperations: HeaderOperations = { set: {}, add: {}, remove: [] };

/** What a decision starts as: every key there, nothing decided. */
export function emptyDecision(
  request: { readonly method: string; readonly path: string; readonly authority: string },
  target: { readonly host: string; readonly port: number },
): Decision {
  return {
    outcome: "no-route",
    host: target.host,
    port: target.port,
    virtualService: null,
    delegate: null,
    route: null,
    destinations: [],
    request: {
      method: request.method,
      path: request.path,
      authority: request.authority,
      headers: noOperations,
    },
    responseHeaders: noOperations,
    timeoutMs: null,
    retry: {
      attempts: 0,
      perTryTimeoutMs: null,
      retryOn: [],
      retriableStatusCodes: [],
      backoffMs: { base: 0, max: 0 },
      ignorePreviousHosts: false,
      remoteLocalities: false,
    },
    fault: null,
    mirrors: [],
    cors: null,
    redirect: null,
    response: null,
    policy: null,
    why: [],
  };
}
