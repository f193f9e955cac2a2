import type { Resource, ResourceChanges } from "@intramesh/config";
import type { Clock, Random, Scheduler, Source, WorkloadQuery } from "@intramesh/core";
import type { InstanceRegistration } from "./registry-protocol.ts";

/** Everything that a source knows at one moment. A resource that did not change is the same object as before. */
export interface ResourceState {
  readonly resources: readonly Resource[];
  /** The step from the state that the same source delivered before; undefined: compare for yourself. */
  readonly changes?: ResourceChanges | undefined;
  /** The MeshConfig of the source, as it was written; absent where it has none. */
  readonly mesh?: unknown;
  /** True where nothing is other than in the state that the same source delivered before, but for revision and description. */
  readonly sameAsBefore?: true;
  /** Names the state, for people and for comparison with other clients of the same source. */
  readonly revision: string;
  /** Where it comes from: `registry http://127.0.0.1:7070 at revision 12`. */
  readonly description: string;
  /** Whose instances are in it, as the source names them; undefined: everybody's. */
  readonly subscriptions?: readonly string[];
  /** What was said of each object that is left out, or kept as it last was, because it does not parse. */
  readonly refused?: readonly string[];
  /** True where the state is a remembered one and the source has not been reached since. */
  readonly stale: boolean;
}

/** What one text of resources says. */
export interface ParsedText {
  readonly resources: readonly Resource[];
  /** `name:line:column: what is wrong` or `name:line: …`, each a finding; the resources are not to be used then. */
  readonly problems: readonly string[];
}

/** What a mesh lends a source that was made without one. */
export interface SourceHost {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Reads YAML or JSON documents; `name` is for the messages. */
  parse(text: string, name: string): Promise<ParsedText>;
  /** Hears what a person should know and what is no error. */
  log(message: string): void;
}

/** A process that is to be found by others. */
export interface InstanceAnnouncement {
  readonly namespace: string;
  readonly service: string;
  /** Unique within the service. */
  readonly instance: string;
  readonly registration: InstanceRegistration;
}

/** An instance that is kept where others find it. */
export interface AnnouncedInstance {
  /** Resolves when it can be found; rejects where it never will. */
  ready(): Promise<void>;
  /** Takes it out, for which it waits two seconds at most. */
  close(): Promise<void>;
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
  /** Reached over a network: a mesh remembers what it said, for a start while it is away. Absent: it sees to that itself. */
  readonly isRemote?: true;
  /** Milliseconds since it was heard of last; undefined before the first word. Absent: it is always at hand. */
  silentMs?(): number | undefined;
  /** Called once, before anything else, by a mesh that the source is given to. */
  attach?(host: SourceHost): void;
  /** Announces the mesh's own process where the resources come from. Throws an Error that says why it cannot be. */
  register?(announcement: InstanceAnnouncement): AnnouncedInstance;
};
