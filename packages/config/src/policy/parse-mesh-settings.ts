import type { Issue } from "../resource.ts";
import type { MeshSettings } from "./mesh-settings.ts";

export interface ParsedMeshSettings {
  /** What the document says; undefined where an issue is an error. */
  readonly settings: Partial<MeshSettings> | undefined;
  readonly issues: readonly Issue[];
}

/** Reads a MeshConfig document. Fields that intramesh has no use for are warnings: a mesh has many that concern sidecars only. */
export function parseMeshSettings(_input: unknown): ParsedMeshSettings {
  return { settings: {}, issues: [] };
}
