import type { MeshPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { MeshClient } from "./mesh-client.ts";
import { defaultMeshSettings, type MeshSettings } from "./mesh-settings.ts";

/** Everything that `client` may see of `resources`, resolved for its namespace and labels. */
export function createMeshPolicy(
  _resources: Iterable<Resource>,
  client: MeshClient,
  settings: Partial<MeshSettings> = {},
): MeshPolicy {
  const mesh = { ...defaultMeshSettings, ...settings };
  return {
    gateway: client.gateway,
    services: new Map(),
    virtualHosts: [],
    outboundTrafficPolicy: mesh.outboundTrafficPolicy,
    cluster: () => undefined,
    endpoints: () => [],
    defaultRoute: () => {
      throw new RangeError("no service is known");
    },
    notes: () => [],
  };
}
