import type { Resource } from "@intramesh/config";
import type { SourceListener } from "@intramesh/core";
import { resourceKey } from "./resource-key.ts";
import type { ResourceSource, ResourceState } from "./resource-source.ts";

/**
 * Several sources as one. Where two have a resource of the same kind, namespace and name, the earlier source's holds.
 * The first state is delivered when each source has delivered one.
 */
export function mergeSources(sources: readonly ResourceSource[]): ResourceSource {
  const states: (ResourceState | undefined)[] = sources.map(() => undefined);
  const name = sources.map((source) => source.name).join(", ");
  return {
    name,
    start(listener) {
      if (sources.length === 0) listener.onUpdate(mergeStates([]));
      sources.forEach((source, at) => {
        source.start({
          onUpdate(state) {
            states[at] = state;
            deliver(states, listener);
          },
          onError: (error) => listener.onError(error),
        });
      });
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

function deliver(states: readonly (ResourceState | undefined)[], listener: SourceListener<ResourceState>): void {
  const known = states.filter((state) => state !== undefined);
  if (known.length === states.length) listener.onUpdate(mergeStates(known));
}

function mergeStates(states: readonly ResourceState[]): ResourceState {
  const merged = new Map<string, Resource>();
  for (const { resources } of states) {
    for (const resource of resources) {
      const key = resourceKey(resource);
      if (!merged.has(key)) merged.set(key, resource);
    }
  }
  return {
    resources: [...merged.values()],
    revision: states.map(({ revision }) => revision).join("+"),
    description: states.map(({ description }) => description).join(", "),
    stale: states.some(({ stale }) => stale),
  };
}
