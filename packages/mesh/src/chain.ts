import type { Hash64, RequestSource } from "@intramesh/balancing";
import type { Clock, Filter, Random, ResponseFlag, Scheduler } from "@intramesh/core";
import type { CompiledDestination, CompiledRoute } from "@intramesh/routing";
import type { Edge, IstioMetrics, RequestTracer } from "@intramesh/telemetry";
import type { Connection } from "@intramesh/transport";
import type { AccessLogs } from "./access-logs.ts";
import type { Cluster } from "./cluster.ts";
import type { FallbackFunction } from "./fallbacks.ts";
import type { LeveledLogger } from "./leveled-logger.ts";
import type { RequestTimelines } from "./request-timelines.ts";
import type { WaitingRequests } from "./waiting-requests.ts";

/** A stage's place in the stack. */
export type Role =
  | "trace"
  | "log-access"
  | "timeline"
  | "fallback"
  | "answer-failure"
  | "limit-rate"
  | "fault"
  | "cors"
  | "answer-directly"
  | "collapse"
  | "shape"
  | "mirror"
  | "deadline"
  | "await-endpoints"
  | "limit-concurrency"
  | "retry"
  | "hedge"
  | "break-circuit"
  | "pick-endpoint"
  | "hold-place"
  | "observe"
  | "per-try-timeout"
  | "trace-attempt"
  | "send";

/** What a chain is built from: one route and one of its destinations, or a refusal. */
export interface ChainPolicy {
  /** FQDN, or the host called where nobody knows it. */
  readonly host: string;
  readonly port: number;
  /** Undefined where no route applies: an unknown host, or a host without a route for the request. */
  readonly route: CompiledRoute | undefined;
  readonly destination: CompiledDestination | undefined;
  readonly goal: Goal;
  /** Clusters that get a copy. */
  readonly mirrors: readonly Mirror[];
  /** Where a ResiliencePolicy's fallback sends what has failed. */
  readonly fallbackCluster: Cluster | undefined;
  /** Metrics of requests that reach no endpoint. */
  readonly edge: Edge;
  /** The service that is called, as its own spans name it; the host called where nobody knows it. */
  readonly service: string;
  /** Name of the span. */
  readonly operation: string;
  /** Envoy's name of the cluster. */
  readonly clusterName: string;
}

/** Where a chain ends. */
export type Goal =
  | { readonly kind: "cluster"; readonly cluster: Cluster }
  /** The original destination, unbalanced. */
  | { readonly kind: "passthrough" }
  | { readonly kind: "refuse"; readonly status: number; readonly body: string; readonly flag: ResponseFlag | undefined }
  | { readonly kind: "redirect" }
  | { readonly kind: "respond"; readonly status: number; readonly body: string };

export interface Mirror {
  readonly cluster: Cluster;
  /** 0 to 100 */
  readonly percent: number;
}

/** What stages need of the process. */
export interface Runtime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly waiting: WaitingRequests;
  readonly passthrough: Connection;
  readonly tracer: RequestTracer;
  readonly accessLogs: AccessLogs;
  /** What labels of metrics are set to. */
  readonly metrics: Pick<IstioMetrics, "rules">;
  /** Undefined where nobody could look at them. */
  readonly timelines: RequestTimelines | undefined;
  readonly logger: LeveledLogger;
  /** What consistent hashing knows of this client. */
  readonly source: RequestSource;
  /** The fallback that the program gave for a host; undefined where there is none. */
  fallbackOf(host: string): FallbackFunction | undefined;
  /** xxHash64; throws before it has been loaded. */
  hash64(): Hash64;
}

/** One step of a request's way. */
export interface Stage {
  readonly role: Role;
  /** Undefined where this chain does not use the stage: it is then left out. */
  filter(policy: ChainPolicy, runtime: Runtime): Filter | undefined;
}
