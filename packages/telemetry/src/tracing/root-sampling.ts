/** A request with which a trace begins: its caller sent no trace context. */
export interface TraceRoot {
  readonly side: "client" | "server";
  /** FQDN of the service that is called, or the host called where nobody knows it. */
  readonly host: string;
  /** Value of a request header by lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Whether a trace that begins here may be recorded: `false` leaves it out, and everybody further on with it. `true`
 * leaves the decision to the SDK's sampler. Only asked where there is no parent: whoever began a trace has decided.
 * The Telemetry resource's `randomSamplingPercentage` is such a rule.
 */
export type RootSampling = (root: TraceRoot) => boolean;
