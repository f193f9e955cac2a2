import type { EventEmitter } from "node:events";
import type { Agent, IncomingMessage } from "node:http";
import Consul from "consul";

/** What every call of the package takes beside its own fields; its types leave out most of it. */
export interface CallOptions {
  /** Aborts the call when it emits `cancel`; where `includeResponse` is set the response comes beside the body. */
  readonly ctx: EventEmitter & { readonly includeResponse: boolean };
  readonly dc?: string;
  /** A blocking query: answered when the index is past this one, or after `wait`. */
  readonly index?: string;
  /** `30s` */
  readonly wait?: string;
}

/** The response and its body, which is absent where there is none. */
export type Reply = readonly [response: IncomingMessage, body?: unknown];

/** A check as the package writes it into a registration. */
export type CheckDefinition = {
  readonly checkid: string;
  readonly name: string;
  readonly status: "passing";
} & (
  | { readonly ttl: string; readonly deregistercriticalserviceafter: string }
  | {
      readonly http: string;
      readonly interval: string;
      readonly timeout: string;
      readonly successbeforepassing: number;
      readonly failuresbeforecritical: number;
    }
);

/** A service as the package registers it with an agent. */
export interface ServiceDefinition {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly checks: readonly CheckDefinition[];
}

/** The part of the `consul` package that is used. */
export interface ConsulFace {
  readonly catalog: { readonly service: { list(options: CallOptions): Promise<Reply> } };
  readonly health: { service(options: CallOptions & { readonly service: string }): Promise<Reply> };
  readonly kv: { get(options: CallOptions & { readonly key: string; readonly recurse: true }): Promise<Reply> };
  readonly agent: {
    readonly service: {
      list(options: CallOptions & { readonly filter: string }): Promise<Reply>;
      register(options: CallOptions & ServiceDefinition): Promise<Reply>;
      deregister(options: CallOptions & { readonly id: string }): Promise<Reply>;
    };
    readonly check: { pass(options: CallOptions & { readonly id: string }): Promise<Reply> };
  };
}

/** Where an agent listens and how to talk to it. */
export interface FaceOptions {
  /** A name or an address; IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly token: string | undefined;
  readonly agent: Agent;
}

/** Makes the package's client. */
export function createConsulFace({ host, port, secure, token, agent }: FaceOptions): ConsulFace {
  const defaults = token === undefined ? {} : { token };
  // The package's own types know neither `ctx` nor `index` and call every answer `any`; the shapes above are those of
  // its sources, and what is in the bodies is checked where it is read.
  return new Consul({ host, port, secure, defaults, agent }) as unknown as ConsulFace;
}
