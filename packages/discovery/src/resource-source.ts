import type { Resource, ResourceChanges } from "@intramesh/config";
import type { Source, WorkloadQuery } from "@intramesh/core";

/** Everything that a source knows at one moment. A resource that did not change is the same object as before. */
export interface ResourceState {
  readonly resources: readonly Resource[];
  /** The step from the state that the same source delivered before; undefined: compare for yourself. */
  readonly changes?: ResourceChanges | undefined;
  /** Names the state, for people and for comparison with other clients of the same source. */
  readonly revision: string;
  /** Where it comes from: `registry http://127.0.0.1:7070 at revision 12`. */
  readonly description: string;
  /** Whose instances are in it, as the source names them; undefined: everybody's. */
  readonly subscriptions?: readonly string[];
  /** True where the state is a remembered one and the source has not been reached since. */
  readonly stale: boolean;
}

/** A place that resources come from. */
export type ResourceSource = Source<ResourceState> & {
  /** For people: `registry http://127.0.0.1:7070`. */
  readonly name: string;
  /**
   * Asks for workloads that the source does not deliver by itself. Resolves when what it knows of them has been
   * delivered, which takes as long as the source is away; undefined where it has been. Sources without it deliver all.
   */
  subscribe?(query: WorkloadQuery): Promise<void> | undefined;
};
