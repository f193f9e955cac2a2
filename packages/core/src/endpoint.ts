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

/** What is remembered of an endpoint. Outlives configuration changes; the sums return to zero when nothing runs. */
export interface EndpointState {
  /** Requests sent and not yet settled. */
  active: number;
}
