export { instanceMarks } from "./instance-marks.ts";
export { apiVersionOf, findKind, type KindInfo, kindOf, kinds } from "./kinds.ts";
export { type ParsedResource, parseResource } from "./parse-resource.ts";
export type { Issue, ObjectMeta, Resource, Severity } from "./resource.ts";
