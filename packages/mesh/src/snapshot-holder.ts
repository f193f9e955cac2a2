import { MeshError } from "@intramesh/core";
import type { ResourceSource, ResourceState } from "@intramesh/discovery";
import type { Snapshot } from "./snapshot.ts";

/** What is in force now, and the feed that replaces it. */
export interface SnapshotHolder {
  readonly current: Snapshot;
  /** The state of the resources that `current` was compiled from, or one that says the same. */
  readonly state: ResourceState;
  /** Resolves when the first snapshot is in force; undefined from then on. */
  readonly starting: Promise<void> | undefined;
  /** What is refused now: states since the one in force, and objects that are not in it. */
  readonly rejected: readonly string[];
  /** Builds what is in force anew: the program has changed what chains are made of. */
  refresh(): void;
  close(): Promise<void>;
}

/** Where states come from, how they compile and who hears of them. */
export interface SnapshotHolderParts {
  readonly feed: ResourceSource;
  /** What must be there before the first state is compiled. */
  readonly prepared: Promise<void>;
  /** `before` is in force, undefined at first. Throws for a state that does not compile. */
  compile(state: ResourceState, before: Snapshot | undefined): Snapshot;
  /** Called when `snapshot` has come into force. */
  onApplied(snapshot: Snapshot, state: ResourceState): void;
  /** Called when the source is at another revision, which says the same as the one before. */
  onAdvanced(): void;
  /** Called when a state was refused or the feed lost touch; what was in force stays. */
  onRejected(error: Error): void;
}

const nothingYet: ResourceState = { resources: [], revision: "none", description: "nothing yet", stale: true };
/** Refusals that are kept for the registry; the newest say enough. */
const maxRejected = 20;

/** Starts the feed at once. A state that does not compile changes nothing. */
export function createSnapshotHolder(parts: SnapshotHolderParts): SnapshotHolder {
  const { feed, compile, onApplied, onRejected } = parts;
  let state = nothingYet;
  let current = compile(state, undefined);
  let rejected: string[] = [];
  /** False where the newest state was refused. */
  let isInForce = false;
  let started: () => void;
  let starting: Promise<void> | undefined = new Promise((resolve) => {
    started = resolve;
  });

  function reject(error: Error): void {
    if (error instanceof MeshError && error.code === "MESH_REGISTRY_UNREACHABLE") {
      // Nothing was refused: there was nothing to refuse.
      onRejected(error);
      return;
    }
    rejected = [...rejected, error.message].slice(-maxRejected);
    onRejected(error);
  }

  function apply(next: ResourceState): void {
    if (next.sameAsBefore === true && starting === undefined) {
      if (!isInForce) return;
      state = next;
      parts.onAdvanced();
      return;
    }
    isInForce = false;
    try {
      const snapshot = compile(next, current);
      current = snapshot;
      state = next;
      isInForce = true;
      rejected = [...(next.refused ?? [])].slice(-maxRejected);
      onApplied(snapshot, next);
    } catch (error) {
      reject(error as Error);
    }
    starting = undefined;
    started();
  }

  let closed = false;
  parts.prepared.then(
    () => {
      if (!closed) feed.start({ onUpdate: apply, onError: reject });
    },
    (error: Error) => reject(error),
  );
  return {
    get current() {
      return current;
    },
    get state() {
      return state;
    },
    get starting() {
      return starting;
    },
    get rejected() {
      return rejected;
    },
    refresh() {
      current = current.renewed();
    },
    close() {
      closed = true;
      return feed.close();
    },
  };
}
