import type { Resource, ResourceChanges } from "@intramesh/config";
import { ResourceChangeLog } from "./resource-change-log.ts";
import { keyOf, keyOfResource, resourceKey } from "./resource-key.ts";
import type { ResourceSource, ResourceState } from "./resource-source.ts";

/**
 * Several sources as one. Where two have a resource of the same kind, namespace and name, the earlier source's holds;
 * of two MeshConfigs the earlier.
 * The first state is delivered when each source has delivered one.
 */
export function mergeSources(sources: readonly ResourceSource[]): ResourceSource {
  const name = sources.map((source) => source.name).join(", ");
  return {
    name,
    start(listener) {
      const merged = new MergedStates(sources.length);
      const deliver = (same: { readonly sameAsBefore?: true } = {}): void => {
        const state = merged.take();
        if (state !== undefined) listener.onUpdate({ ...state, ...same });
      };
      if (sources.length === 0) deliver();
      sources.forEach((source, at) => {
        source.start({
          onUpdate(state) {
            merged.update(at, state);
            deliver(state.sameAsBefore === true ? { sameAsBefore: true } : {});
          },
          onError: (error) => listener.onError(error),
        });
      });
    },
    subscribe(query) {
      const pending = sources.map((source) => source.subscribe?.(query)).filter((each) => each !== undefined);
      return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
    },
    silentMs() {
      const times = sources.map((source) => source.silentMs?.()).filter((each) => each !== undefined);
      return times.length === 0 ? undefined : Math.max(...times);
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/** What one source has, by key. */
interface Part {
  readonly state: ResourceState;
  readonly resources: Map<string, Resource>;
}

/** The states of several sources, and what of them holds. */
class MergedStates {
  readonly #parts: (Part | undefined)[];
  readonly #merged: Map<string, Resource> = new Map();
  readonly #changes: ResourceChangeLog = new ResourceChangeLog();
  #isDelivered = false;

  constructor(count: number) {
    this.#parts = Array.from({ length: count }, () => undefined);
  }

  update(at: number, state: ResourceState): void {
    const before = this.#parts[at]?.resources ?? new Map<string, Resource>();
    const { changes } = state;
    if (changes === undefined || this.#parts[at] === undefined) {
      const after = new Map(state.resources.map((resource) => [resourceKey(resource), resource]));
      this.#parts[at] = { state, resources: after };
      for (const key of new Set([...before.keys(), ...after.keys()])) this.#settle(key);
      return;
    }
    this.#parts[at] = { state, resources: before };
    for (const { key, resource } of stepsOf(changes)) {
      if (resource === undefined) before.delete(key);
      else before.set(key, resource);
      this.#settle(key);
    }
  }

  /** Undefined until each source has delivered. */
  take(): ResourceState | undefined {
    const states = this.#parts.flatMap((part) => part?.state ?? []);
    if (states.length < this.#parts.length) return undefined;
    const changes = this.#changes.take() ?? { put: [], deleted: [] };
    const isFirst = !this.#isDelivered;
    this.#isDelivered = true;
    const mesh = states.find((state) => state.mesh !== undefined)?.mesh;
    const refused = states.flatMap((state) => state.refused ?? []);
    return {
      ...(mesh === undefined ? {} : { mesh }),
      ...(refused.length === 0 ? {} : { refused }),
      resources: [...this.#merged.values()],
      changes: isFirst ? undefined : changes,
      revision: states.map(({ revision }) => revision).join("+"),
      description: states.map(({ description }) => description).join(", "),
      stale: states.some(({ stale }) => stale),
    };
  }

  #settle(key: string): void {
    const before = this.#merged.get(key);
    const after = this.#parts.find((part) => part?.resources.has(key))?.resources.get(key);
    if (before === after) return;
    if (after !== undefined) {
      this.#merged.set(key, after);
      this.#changes.put(after);
    } else if (before !== undefined) {
      this.#merged.delete(key);
      this.#changes.delete(keyOfResource(before));
    }
  }
}

function stepsOf({ put, deleted }: ResourceChanges): readonly { key: string; resource: Resource | undefined }[] {
  return [
    ...deleted.map(({ kind, namespace, name }) => ({ key: keyOf(kind, namespace, name), resource: undefined })),
    ...put.map((resource) => ({ key: resourceKey(resource), resource })),
  ];
}
