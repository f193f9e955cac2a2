import type { Agent, RequestListener } from "node:http";
import type { Decision } from "@intramesh/core";
import type { MeshDispatcher, Middleware } from "@intramesh/transport";
import type { FallbackFunction } from "./fallbacks.ts";
import type { MeshEvents, MeshListener } from "./mesh-events.ts";

/** Options of `mesh.explain`, as fetch takes them. */
export interface ExplainInit {
  readonly method?: string;
  readonly headers?: RequestInit["headers"];
}

/** A running mesh: what `createMesh` returns. */
export interface Mesh {
  /** Id of this instance, as the registry shows it. */
  readonly instance: string;
  /** URL of the admin port once it listens; undefined without one. */
  readonly adminUrl: string | undefined;
  /** `fetch`, routed, balanced, retried, traced and measured. */
  readonly fetch: typeof globalThis.fetch;
  /** The same for users of undici: `undici.request(url, { dispatcher: mesh.dispatcher })`. */
  readonly dispatcher: MeshDispatcher;
  /**
   * The same for `node:http` and what stands on it: `http.get(url, { agent: mesh.agent })`, `axios.create({ httpAgent: mesh.agent })`,
   * `got.extend({ agent: { http: mesh.agent } })`.
   */
  readonly agent: Agent;
  /** Resolves when the first snapshot is in force and, where something listens at the service's port already, the registry knows it. */
  ready(): Promise<void>;
  /** Wraps the handler of a `node:http` server. */
  listener(handler: RequestListener): RequestListener;
  /** The same for Express, Connect and their kin. */
  middleware(): Middleware;
  /**
   * What the routing says of a request, and why. Sends nothing. Endpoints of a service that this process has not called
   * yet may be missing: they are asked for, and the next call shows them.
   */
  explain(url: string | URL, init?: ExplainInit): Decision;
  /** What this program does for calls to a service: `fallback` answers in the place of those that fail. */
  service(name: string, options: { readonly fallback: FallbackFunction }): void;
  /** The metrics page, in Prometheus's text format. */
  metrics(): Promise<string>;
  /** Calls `listener` at each event; returns the function that ends it. */
  on<Name extends keyof MeshEvents>(name: Name, listener: MeshListener<Name>): () => void;
  /**
   * Leaves the registry, serves on until callers have heard of it, stops the servers that requests came through, waits
   * for what runs, closes connections. Calls after it fail with MESH_CLOSED. Calling it again gives the same promise.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
