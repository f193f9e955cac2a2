/** How a replica answers from now on. Texts are sent as latin1. */
export type Behaviour =
  | {
      readonly kind: "answer";
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly delayMs?: number;
    }
  /** Reads the request and never answers. */
  | { readonly kind: "hang" }
  /** Resets the connection when the head of a request has come. */
  | { readonly kind: "reset" }
  /** A head, then one byte at a time, for ever. */
  | { readonly kind: "drip"; readonly everyMs: number }
  /** A head that promises more than `bytes`, these bytes, then nothing. */
  | { readonly kind: "half-body"; readonly bytes: number; readonly framing: "content-length" | "chunked" }
  /** Never reads what follows the head of a request. */
  | { readonly kind: "deaf" }
  /** Answers when the head has come; with `reads: false` the body of the request stays unread. */
  | { readonly kind: "early"; readonly status: number; readonly reads: boolean }
  /** Writes `bytes`, base64, on the connection instead of a response, `times` times. */
  | { readonly kind: "raw"; readonly bytes: string; readonly times?: number; readonly last?: string };

/** One request as a replica saw it. */
export interface SeenRequest {
  /** Of the header `x-id`; empty without one. */
  readonly id: string;
  readonly method: string;
  /** Wall clock, ms. */
  readonly atMs: number;
  /** Number of the connection that it came on, from 1. */
  readonly connection: number;
}

/** What a replica has seen since it was last asked to forget. */
export interface Seen {
  readonly requests: readonly SeenRequest[];
  /** Since the start of the process. */
  readonly connections: number;
  readonly openConnections: number;
  /** Taken off the connections that are open now. */
  readonly bytesRead: number;
}

/** What the test says to a replica; `number` names the reply. */
export type Command =
  | { readonly number: number; readonly ask: "behave"; readonly behaviour: Behaviour }
  | { readonly number: number; readonly ask: "seen" }
  | { readonly number: number; readonly ask: "forget" };

export type Reply = { readonly listening: number } | { readonly number: number; readonly seen?: Seen };
