import type { Exchange, MeshPolicy } from "@intramesh/core";
import { isSecretHeader, redacted, withoutSecrets } from "@intramesh/telemetry";
import { createRing } from "./ring.ts";

/** What `intramesh diff` needs of a request to decide on it again. No bodies. */
export interface RecordedRequest {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** Those that the configuration looks at or that travel with requests, and no others; of secrets not the values. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests that are kept. */
const keptRequests = 1_000;

/** Remembers requests as they came, for `intramesh diff` to decide on again. */
export interface Recorder {
  record(policy: MeshPolicy, exchange: Exchange): void;
  recent(): RecordedRequest[];
}

/** They differ with each request and decide nothing. */
const perRequest: ReadonlySet<string> = new Set([
  "x-request-id",
  "traceparent",
  "tracestate",
  "b3",
  "baggage",
  "x-ot-span-context",
]);

/** Keeps the heads of recent requests, for a dry run of other configuration. */
export function createRecorder(propagated: readonly string[]): Recorder {
  const ring = createRing<RecordedRequest>(keptRequests);
  const namesOf = new WeakMap<MeshPolicy, ReadonlySet<string>>();

  function matchedHeaders(policy: MeshPolicy): ReadonlySet<string> {
    const known = namesOf.get(policy);
    if (known !== undefined) return known;
    const names = new Set(propagated.filter((name) => !name.endsWith("*") && !perRequest.has(name)));
    for (const { routes } of policy.virtualHosts) {
      for (const { matches } of routes) {
        for (const { headers, withoutHeaders } of matches) {
          for (const { name } of headers) names.add(name);
          for (const { name } of withoutHeaders) names.add(name);
        }
      }
    }
    namesOf.set(policy, names);
    return names;
  }

  return {
    record(policy, { method, scheme, authority, path, headers: all }) {
      const names = matchedHeaders(policy);
      const headers: Record<string, string> = {};
      for (const [name] of all.entries()) if (names.has(name)) headers[name] = all.get(name)!;
      ring.push({ method, scheme, authority, path, headers });
    },
    recent: () =>
      ring.items().map(({ path, headers, ...rest }) => ({
        ...rest,
        path: withoutSecrets(path),
        headers: withoutSecretValues(headers),
      })),
  };
}

/** The same headers, of those that are secrets not the values. */
export function withoutSecretValues(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? redacted : value]),
  );
}
