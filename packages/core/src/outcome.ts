import type { HeaderMap } from "./header-map.ts";

/** Receives the body of a response. Exactly one of `end` and `fail` is called, once. */
export interface BodySink {
  chunk(bytes: Uint8Array): void;
  end(trailers: HeaderMap | undefined): void;
  fail(error: Error): void;
}

/** A response body that is held back until somebody takes it. */
export interface BodyFlow {
  /** Bytes of it that have come so far, read or not. */
  readonly bytes: number;
  /** Lets the body flow; once. */
  deliver(sink: BodySink): void;
  pause(): void;
  resume(): void;
  /** Reads the rest and drops it where it is short, closes the connection where it is not. */
  discard(): void;
  /** Stops it now; the sink hears `fail(error)`. */
  abort(error: Error): void;
  /** `task` runs once when the body has ended, failed or been dropped: the request has settled. */
  onSettled(task: () => void): void;
}

/** Why an attempt brought no response. The reset reasons are Envoy's. */
export type ResetReason =
  | "local connection failure"
  | "remote connection failure"
  | "connection timeout"
  | "connection termination"
  | "local reset"
  | "remote reset"
  | "remote refused stream reset"
  | "overflow"
  | "protocol error"
  | "per try timeout"
  | "timeout"
  | "stream idle timeout"
  | "caller gone";

/** How an attempt or a request ended: a value, never a throw. */
export type Outcome = ResponseOutcome | ResetOutcome;

/** An answer, the upstream's or the mesh's own; its body may be on its way. */
export interface ResponseOutcome {
  readonly kind: "response";
  status: number;
  /** Made when it is first asked for; who only wants one value asks `header`. */
  readonly headers: HeaderMap;
  /** One value by lower-case name, without making a table of all. */
  header(name: string): string | undefined;
  readonly body: BodyFlow;
  /** True where the mesh answers itself: a direct response, a fault, a refusal. */
  readonly local: boolean;
}

/** There was no answer. */
export interface ResetOutcome {
  readonly kind: "reset";
  readonly reason: ResetReason;
  /** True where not one byte of the request can have reached the upstream. */
  readonly beforeRequest: boolean;
  readonly cause: unknown;
}
