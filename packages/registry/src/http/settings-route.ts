import { settingsPath } from "@intramesh/discovery";
import type { FastifyInstance } from "fastify";
import type { RegistryState } from "../state/registry-state.ts";

/** The MeshConfig that the registry was started with, as it was written; `{}` where it was started without. */
export function addSettingsRoute(app: FastifyInstance, state: RegistryState): void {
  app.get(settingsPath, () => state.mesh ?? {});
}
