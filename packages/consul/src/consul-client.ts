import { EventEmitter } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import {
  type CallOptions,
  type ConsulFace,
  createConsulFace,
  type Reply,
  type ServiceDefinition,
} from "./consul-face.ts";
import { createIdleAgent } from "./idle-agent.ts";
import type { ResolvedConsulOptions } from "./options.ts";

/** Where a blocking query goes on. */
export interface BlockingPosition {
  /** Undefined asks for what is there now. */
  readonly index: bigint | undefined;
  readonly waitSeconds: number;
}

/** What Consul says to a query. */
export interface ConsulAnswer {
  /** Undefined where nothing is there (404 of a key). */
  readonly body: unknown;
  /** `X-Consul-Index`; undefined where it is missing, no number, or 0, with which no query can block. */
  readonly index: bigint | undefined;
  /** `X-Consul-KnownLeader` is not false: who answered belongs to a cluster that works. */
  readonly knownLeader: boolean;
  /** `X-Consul-LastContact`: how old the answer may be, ms; 0 from the leader itself. */
  readonly lastContactMs: number;
}

/** A call under way. */
export interface ConsulCall<Value> {
  readonly answer: Promise<Value>;
  /** Makes `answer` reject. */
  cancel(): void;
}

/** The calls that are made of an agent. */
export interface ConsulClient {
  services(at: BlockingPosition): ConsulCall<ConsulAnswer>;
  instances(service: string, at: BlockingPosition): ConsulCall<ConsulAnswer>;
  keys(prefix: string, at: BlockingPosition): ConsulCall<ConsulAnswer>;
  register(service: ServiceDefinition): ConsulCall<void>;
  /** Says that the TTL check of a service passes. */
  pass(serviceId: string): ConsulCall<void>;
  deregister(serviceId: string): ConsulCall<void>;
  /** Metadata of a service of this agent; undefined where it has none of this id. */
  metaOf(serviceId: string): ConsulCall<unknown>;
  /** From now on the process is kept alive … */
  hold(): void;
  /** … and from now on not any more. */
  release(): void;
  close(): void;
}

/** Makes a client with connections of its own. */
export function createConsulClient(options: ResolvedConsulOptions): ConsulClient {
  const idle = createIdleAgent(options.secure);
  const face: ConsulFace = createConsulFace({ ...options, agent: idle.agent });
  const { datacenter } = options;

  function read(at: BlockingPosition, ask: (options: CallOptions) => Promise<Reply>): ConsulCall<ConsulAnswer> {
    const position = at.index === undefined ? {} : { index: String(at.index), wait: `${at.waitSeconds}s` };
    const place = datacenter === undefined ? {} : { dc: datacenter };
    return call((base) => ask({ ...base, ...place, ...position }), answerOf);
  }

  return {
    services: (at) => read(at, (common) => face.catalog.service.list(common)),
    instances: (service, at) => read(at, (common) => face.health.service({ ...common, service })),
    keys: (key, at) => read(at, (common) => face.kv.get({ ...common, key, recurse: true })),
    register: (service) => call((base) => face.agent.service.register({ ...base, ...service }), nothing),
    pass: (id) => call((base) => face.agent.check.pass({ ...base, id: `service:${id}` }), nothing),
    deregister: (id) => call((base) => face.agent.service.deregister({ ...base, id }), nothing),
    metaOf: (id) =>
      call(
        (base) => face.agent.service.list({ ...base, filter: `ID == ${JSON.stringify(id)}` }),
        ([, body]) => (body as Readonly<Record<string, { readonly Meta?: unknown }>> | undefined)?.[id]?.Meta,
      ),
    hold: () => idle.hold(),
    release: () => idle.release(),
    close: () => idle.close(),
  };
}

function call<Value>(ask: (options: CallOptions) => Promise<Reply>, read: (reply: Reply) => Value): ConsulCall<Value> {
  const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
  return {
    answer: ask({ ctx }).then(read),
    cancel: () => ctx.emit("cancel"),
  };
}

function answerOf([response, body]: Reply): ConsulAnswer {
  const { headers } = response;
  return {
    body,
    index: indexOf(headers),
    knownLeader: headers["x-consul-knownleader"] !== "false",
    lastContactMs: Number(headers["x-consul-lastcontact"] ?? 0) || 0,
  };
}

function indexOf(headers: IncomingHttpHeaders): bigint | undefined {
  const text = headers["x-consul-index"];
  if (typeof text !== "string" || !/^\d+$/.test(text)) return undefined;
  const index = BigInt(text);
  return index === 0n ? undefined : index;
}

function nothing(): void {}

/** Status of the response that a failed call got; undefined where it got none. */
export function statusOf(error: unknown): number | undefined {
  const { response } = error as { readonly response?: { readonly statusCode?: number } };
  return response?.statusCode;
}

/** One line about a failed call: `500 No cluster leader`, `connect ECONNREFUSED 127.0.0.1:8500`. */
export function reasonOf(error: unknown): string {
  const { message, response, errors } = error as Error & {
    readonly response?: { readonly statusCode?: number; readonly body?: unknown };
    readonly errors?: readonly Error[];
  };
  if (response?.statusCode === undefined) {
    // Node's error of several addresses says nothing itself.
    const said = message === "" && errors !== undefined ? errors.map((each) => each.message).join(", ") : message;
    // OpenSSL's end with a line break.
    return said.replaceAll(/\s+/g, " ").trim();
  }
  const { body } = response;
  const said = typeof body === "string" || Buffer.isBuffer(body) ? String(body).trim().slice(0, 200) : "";
  return said === "" ? String(response.statusCode) : `${response.statusCode} ${said}`;
}
