import type { MonotonicMs } from "./clock.ts";

/** Labels of a workload: `version`, `app` and whatever its owner adds. */
export type Labels = Readonly<Record<string, string>>;

/** One network address of one instance, as the resolver found it. Identity is `id`. */
export interface Endpoint {
  /** `address:port`; the key of everything that is remembered about it. */
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly labels: Labels;
  /** `region/zone/subzone`, any part may be missing; empty where unknown. */
  readonly locality: string;
  /** Share of the load against its neighbours; 1 unless said otherwise. */
  readonly weight: number;
  /** Name of the WorkloadEntry that it comes from, `""` where there is none. */
  readonly instance: string;
}

/**
 * What is remembered of an endpoint. Outlives configuration changes; the sums return to zero when nothing runs.
 * Made by `createEndpointState` of `balancing`, whose `record…` functions keep the averages.
 */
export interface EndpointState {
  /** Requests sent and not yet settled. */
  active: number;
  /** True while outlier detection keeps it out; pickers are rebuilt when it changes. */
  ejected: boolean;
  /** When it was added, or came back from its last ejection. */
  healthySince: MonotonicMs;
  /** Peak-sensitive average of the time to the response head, in milliseconds, as of `latencyAt`; 0: never measured. */
  latencyMs: number;
  latencyAt: MonotonicMs;
  /** Share of time, 0 to 1, in which its event loop was busy, as it said itself at `eventLoopUtilizationAt`. */
  eventLoopUtilization: number;
  eventLoopUtilizationAt: MonotonicMs;
}
