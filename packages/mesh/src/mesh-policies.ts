import { isDeepStrictEqual } from "node:util";
import {
  createPolicyBuilder,
  type MeshClient,
  type MeshSettings,
  type PolicyUpdate,
  parseMeshSettings,
} from "@intramesh/config";
import { MeshError } from "@intramesh/core";
import type { ResourceState } from "@intramesh/discovery";

/** The policies of one client, each under the mesh-wide settings that came with its resources. */
export interface MeshPolicies {
  /** Throws MESH_BAD_RESOURCE where the settings cannot be: whoever had a policy keeps it. */
  update(state: ResourceState): PolicyUpdate;
}

/** What the program says itself (`own`) displaces what its source says for the whole mesh. */
export function createMeshPolicies(client: MeshClient, own: Partial<MeshSettings>): MeshPolicies {
  let served: unknown;
  let builder = createPolicyBuilder(client, own);
  let skipped = false;
  return {
    update(state) {
      const { mesh, resources } = state;
      const isAsBefore = isDeepStrictEqual(mesh, served);
      if (isAsBefore && !skipped) return builder.update(state);
      skipped = true;
      if (!isAsBefore) {
        builder = createPolicyBuilder(client, { ...readSettings(mesh, state.description), ...own });
        served = mesh;
      }
      // A state has been left out: the step from it to this one says too little.
      const update = builder.update({ resources });
      skipped = false;
      return update;
    },
  };
}

function readSettings(document: unknown, source: string): Partial<MeshSettings> {
  const { settings, issues } = parseMeshSettings(document);
  if (settings !== undefined) return settings;
  const errors = issues.filter(({ severity }) => severity === "error");
  const lines = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new MeshError("MESH_BAD_RESOURCE", `the mesh settings of ${source} are refused: ${lines}`);
}
