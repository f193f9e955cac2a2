export type { Decision, ResponseFlag } from "@intramesh/core";
export { MeshError, type MeshErrorCode } from "@intramesh/core";
export { files, type HealthCheck, type ResourceSource } from "@intramesh/discovery";
export type { MetricsRegistry } from "@intramesh/telemetry";
export { createMesh } from "./create-mesh.ts";
export type { Failure, FallbackFunction } from "./fallbacks.ts";
export type { ExplainInit, Mesh } from "./mesh.ts";
export type { MeshEvents, MeshListener } from "./mesh-events.ts";
export type { Logger, MeshOptions, ServiceOptions } from "./options.ts";
