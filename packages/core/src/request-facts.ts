/**
 * What is known of a request beside its own head while header values are filled in; asked only where a value names it.
 * A request on its way knows less than its answer does.
 */
export interface RequestFacts {
  /** When the request was made, in ms since 1970. */
  startedAtMs(): number;
  /** Now, in ms since 1970. */
  nowMs(): number;
  /** The value of a plain operator of Envoy's, such as `UPSTREAM_HOST`; undefined where it is not known, or not yet. */
  text(operator: string): string | undefined;
  /** An environment variable of the process; undefined where it is not set. */
  environment(name: string): string | undefined;
}
