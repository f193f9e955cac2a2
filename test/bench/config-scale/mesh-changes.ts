import type { Resource, ResourceChanges } from "@intramesh/config";
import { createMesh, type MeshOptions } from "intramesh";
import { median, type Row } from "../row.ts";
import { oneChanges, rulesEach } from "./one-changes.ts";
import { nameOf, resourcesOfSize } from "./resources-of-size.ts";

type Source = NonNullable<MeshOptions["sources"]>[number];
type State = Parameters<Parameters<Source["start"]>[0]["onUpdate"]>[0];

/** Clusters that have been called when changes come. */
const liveClusters = 1_000;

/** What one change costs a mesh that holds the largest state and has called 1,000 services. */
export async function changesThroughMesh(size: number): Promise<readonly Row[]> {
  let update: (state: State) => void = () => undefined;
  const resources: Map<string, Resource> = new Map(resourcesOfSize(size, rulesEach).map((one) => [keyOf(one), one]));
  const push = (changes: ResourceChanges | undefined): void => {
    update({ resources: [], changes, revision: "1", description: "bench", stale: false });
  };
  const source: Source = {
    name: "bench",
    start(listener) {
      update = (state) => listener.onUpdate(state);
      update({ resources: [...resources.values()], revision: "0", description: "bench", stale: false });
    },
    close: async () => undefined,
  };
  // A mesh's timers keep no process alive, and no server does here.
  const alive = setInterval(() => undefined, 1_000);
  const mesh = await createMesh({ service: { name: "client", namespace: "default" }, sources: [source] });
  await mesh.ready();
  for (let at = 0; at < liveClusters; at += 1) {
    // Nobody listens: a refused connection is enough for a cluster to live.
    const response = await mesh.fetch(`http://${nameOf(at)}/`);
    await response.body?.cancel();
  }
  const rows = oneChanges(size).map(({ name, steps }): Row => {
    const ms = steps.map((changes) => {
      const startedAt = performance.now();
      push(changes);
      return performance.now() - startedAt;
    });
    const ours = median(ms);
    return {
      name: `one change: ${name}, through a mesh with ${liveClusters} live clusters`,
      ours,
      baseline: ours,
      ratio: 1,
      unit: "ms",
      atMost: Number.POSITIVE_INFINITY,
      limit: 2,
    };
  });
  await mesh.close();
  clearInterval(alive);
  return rows;
}

function keyOf({ kind, metadata }: Resource): string {
  return `${kind}/${metadata.name}`;
}
