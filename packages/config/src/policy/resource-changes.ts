import type { Resource } from "../resource.ts";

/** Names one resource; without a namespace it lives in `default`. */
export interface ResourceKey {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/**
 * In what a state differs from the one before it. The deleted ones went first: a resource that came back is in both
 * lists. What is not named is the same object as before.
 */
export interface ResourceChanges {
  /** As they are now, each once. */
  readonly put: readonly Resource[];
  readonly deleted: readonly ResourceKey[];
}
