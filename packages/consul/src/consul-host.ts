import type { Resource, ResourceChanges } from "@intramesh/config";
import type { Clock, Random, Scheduler, Source } from "@intramesh/core";

/*
 * What a mesh and this source say to each other. `@intramesh/discovery` declares the same shapes for all sources; packages
 * of one layer do not import one another.
 */

/** What one text of resources says. */
export interface ParsedText {
  readonly resources: readonly Resource[];
  /** What is wrong, each on one line that begins with the text's name; the resources are not to be used then. */
  readonly problems: readonly string[];
}

/** What a mesh lends a source. */
export interface ConsulHost {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Reads YAML or JSON documents; `name` is for the messages. */
  parse(text: string, name: string): Promise<ParsedText>;
  /** Hears what a person should know and what is no error. */
  log(message: string): void;
}

/** How Consul finds out whether an instance is well, beside its TTL. */
export interface InstanceHealthCheck {
  readonly path: string;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly unhealthyThreshold?: number;
  readonly healthyThreshold?: number;
}

/** A process that is to be found by others. */
export interface InstanceAnnouncement {
  readonly namespace: string;
  readonly service: string;
  /** Unique within the service. */
  readonly instance: string;
  readonly registration: {
    readonly address: string;
    /** Port name to the port that the process listens on. Consul knows one: `http`, else the first. */
    readonly ports: Readonly<Record<string, number>>;
    /** Port name to the port that callers use. */
    readonly servicePorts?: Readonly<Record<string, number>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly locality?: string;
    readonly weight?: number;
    readonly healthCheck?: InstanceHealthCheck;
  };
}

/** An instance that is kept registered. */
export interface AnnouncedInstance {
  /** Resolves when it is registered; never rejects. */
  ready(): Promise<void>;
  /** Takes it out, for which it waits two seconds at most. */
  close(): Promise<void>;
}

/** Everything that is known at one moment. A resource that did not change is the same object as before. */
export interface ConsulState {
  readonly resources: readonly Resource[];
  readonly changes: ResourceChanges | undefined;
  readonly revision: string;
  readonly description: string;
  readonly stale: false;
}

/** Resources from Consul, and a place to register this process. */
export type ConsulSource = Source<ConsulState> & {
  /** `consul http://127.0.0.1:8500` */
  readonly name: string;
  /** A mesh remembers what it said, for a start while Consul is away. */
  readonly isRemote: true;
  /** To be called once, before anything else. */
  attach(host: ConsulHost): void;
  /** Registers this process with the agent and keeps it registered. */
  register(announcement: InstanceAnnouncement): AnnouncedInstance;
};
