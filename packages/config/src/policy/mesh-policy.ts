import type { MeshPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { MeshClient } from "./mesh-client.ts";
import type { MeshSettings } from "./mesh-settings.ts";
import { createPolicyBuilder } from "./policy-builder.ts";

/**
 * Everything that `client` may see of `resources`, resolved for its namespace and labels. Resources are checked ones;
 * of two with one name the later stands.
 *
 * What a resource means by itself is remembered for as long as the same object comes back, and rules, clusters and
 * endpoints are translated when first asked for. Who follows changes uses a PolicyBuilder.
 */
export function createMeshPolicy(
  resources: Iterable<Resource>,
  client: MeshClient,
  settings: Partial<MeshSettings> = {},
): MeshPolicy {
  return createPolicyBuilder(client, settings).update({ resources }).policy;
}
