import type { MeshPolicy, ResponseFlag } from "@intramesh/core";

/** What a fallback is told of the request that has failed. */
export interface Failure {
  readonly method: string;
  readonly url: string;
  /** The status that the caller would get. */
  readonly status: number;
  readonly flags: readonly ResponseFlag[];
}

/** Answers in the place of a call that has failed for good. */
export type FallbackFunction = (failure: Failure) => Response | Promise<Response>;

/** Fallbacks of this program, by the service they stand for. */
export interface Fallbacks {
  /** `service` as callers write it: `ratings`, `ratings.default` …. Returns the function that takes it back. */
  set(service: string, fallback: FallbackFunction): () => void;
  /** By FQDN. */
  find(host: string): FallbackFunction | undefined;
}

/** `policy` tells the names by which a service is called. */
export function createFallbacks(policy: () => MeshPolicy): Fallbacks {
  const byName = new Map<string, FallbackFunction>();
  return {
    set(service, fallback) {
      byName.set(service, fallback);
      return () => byName.delete(service);
    },
    find(host) {
      if (byName.size === 0) return undefined;
      const names = policy().services.get(host)?.aliases ?? [host];
      for (const name of names) {
        const found = byName.get(name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
