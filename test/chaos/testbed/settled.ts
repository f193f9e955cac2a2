import type { Mesh } from "intramesh";
import { eventually } from "../../support/eventually.ts";
import { counter } from "./counters.ts";

/** Holds where nothing is counted as in flight any more: every permit came back. */
export async function settled(mesh: Mesh): Promise<void> {
  await eventually("no request is in flight", 1_000, async () => {
    return (await counter(mesh, "envoy_cluster_upstream_rq_active")) === 0;
  });
}
