// For the mesh
export { createAgent } from "./agent/mesh-agent.ts";
export { createEndpointPools, defaultBodyIdleTimeoutMs, type EndpointPools } from "./endpoint-pools.ts";
export { type FaceRuntime, MeshDispatcher } from "./face/dispatcher.ts";
export { createFetch } from "./face/fetch.ts";
export { fixedResponse, readBody } from "./fixed-response.ts";
export { abortExchange, copyExchange, forkExchange, HttpExchange } from "./http-exchange.ts";
export { createInbound, type Inbound, type InboundHooks, type Middleware } from "./inbound/listener.ts";
export { localResponse } from "./local-response.ts";
export type { ConnectionOptions } from "./open-pool.ts";
export type { Connection } from "./pooled-connection.ts";
export { defaultReplayLimitBytes } from "./request-body.ts";
export { type HeadersLike, readHeaders } from "./request-headers.ts";
export { type Target, targetOf } from "./target.ts";
