export { instanceMarks } from "./instance-marks.ts";
export { apiVersionOf, findKind, type KindInfo, kindOf, kinds } from "./kinds.ts";
export { type ParsedResource, parseResource } from "./parse-resource.ts";
export type { MeshClient } from "./policy/mesh-client.ts";
export { createMeshPolicy } from "./policy/mesh-policy.ts";
export { defaultMeshSettings, type MeshSettings } from "./policy/mesh-settings.ts";
export { type ParsedMeshSettings, parseMeshSettings } from "./policy/parse-mesh-settings.ts";
export type { Issue, ObjectMeta, Resource, Severity } from "./resource.ts";
