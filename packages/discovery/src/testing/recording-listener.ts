import type { SourceListener } from "@intramesh/core";
import type { ResourceState } from "../resource-source.ts";
import { Arrivals } from "./arrivals.ts";

/** Keeps what a source says for a test to take. */
export class RecordingListener implements SourceListener<ResourceState> {
  readonly updates: Arrivals<ResourceState> = new Arrivals();
  readonly errors: Arrivals<Error> = new Arrivals();

  onUpdate(state: ResourceState): void {
    this.updates.push(state);
  }

  onError(error: Error): void {
    this.errors.push(error);
  }
}
