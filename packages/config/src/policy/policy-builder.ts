import type { Resource } from "../resource.ts";
import type { MeshClient } from "./mesh-client.ts";
import { defaultMeshSettings, type MeshSettings } from "./mesh-settings.ts";
import { PolicyState } from "./policy-state.ts";
import type { PolicyUpdate } from "./policy-update.ts";
import type { ResourceChanges } from "./resource-changes.ts";
import { ResourceStore } from "./resource-store.ts";

/** Checked resources, whole or as a step from those of the call before. */
export interface ResourceUpdate {
  /** All that there is now. Read only where there is no step to go by. */
  readonly resources: Iterable<Resource>;
  /** Undefined: compared with the call before, anything may be different. */
  readonly changes?: ResourceChanges | undefined;
}

/** Makes the policies of one client, one after the other. Each stays what it is when the next is made. */
export interface PolicyBuilder {
  /** A step costs what it changes, not what there is. */
  update(update: ResourceUpdate): PolicyUpdate;
}

/** A builder for what `client` may see, resolved for its namespace and labels. */
export function createPolicyBuilder(client: MeshClient, settings: Partial<MeshSettings> = {}): PolicyBuilder {
  const mesh: MeshSettings = { ...defaultMeshSettings, ...settings };
  let state: PolicyState | undefined;
  return {
    update({ resources, changes }) {
      const known = state;
      // Half a step is no state to go on from: should it throw, the next call begins anew.
      state = undefined;
      const step = changes === undefined ? undefined : known?.advance(changes);
      if (step !== undefined) {
        state = known;
        return step;
      }
      // Where a step has to be made anew its changes are stored already.
      const store = changes !== undefined && known !== undefined ? known.store : new ResourceStore(resources);
      const next = new PolicyState(store, client, mesh);
      state = next;
      return { policy: next.policy, change: undefined };
    },
  };
}
