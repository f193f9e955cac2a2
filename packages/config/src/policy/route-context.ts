import type { HashKey } from "@intramesh/core";
import type { MeshClient } from "./mesh-client.ts";
import type { MeshSettings } from "./mesh-settings.ts";

/** What the translation of a route asks of everything around it. */
export interface RouteContext {
  readonly client: MeshClient;
  readonly settings: MeshSettings;
  /** `namespace/name` of the Gateway that the client serves; `mesh` inside the mesh. */
  readonly gateway: string;
  /** The port that a destination without one means whatever port was called; undefined: the port called. */
  fixedPort(host: string): number | undefined;
  /** By what requests to this destination are pinned; settings of ports hold only where the destination names one. */
  hashKeys(host: string, port: number | undefined, subset: string | undefined): readonly HashKey[];
}
