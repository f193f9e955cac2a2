import type { HeaderMap, HeaderOperator, RequestFacts, RequestView } from "@intramesh/core";

/** A request that has ended, as its line in the access log speaks of it. Read at once, never kept. */
export interface LoggedRequest {
  readonly request: RequestView;
  /** Head of the response; undefined where there is none. */
  readonly response: Pick<HeaderMap, "get"> | undefined;
  /** Values of Envoy's plain operators, such as `DURATION`, by name. */
  readonly facts: RequestFacts;
}

/** Compiles one operator of a format. What it gives is undefined where the operator has no value. */
export type CompileOperator = (operator: HeaderOperator) => (logged: LoggedRequest) => string | undefined;
