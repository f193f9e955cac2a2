import { nameOf, namespaceOf } from "../policy/resource-order.ts";
import type { Resource } from "../resource.ts";
import type { AnalysisContext } from "./analysis-context.ts";
import { groupBy } from "./group-by.ts";
import { areSeveral } from "./resource-title.ts";
import { labelsText } from "./workload-scope.ts";

type Labels = Readonly<Record<string, string>>;

/** A resource that holds for the workloads that it selects. */
export interface Selecting {
  readonly resource: Resource;
  readonly labels: Labels;
}

/** Resources of one kind that select the same. */
export interface Rivals {
  readonly rivals: readonly Resource[];
  /** What they share: a workload, or the same labels. */
  readonly shared: string;
}

/** Groups of resources of a namespace of which a workload would follow several; each group of names once. */
export function findRivals(context: AnalysisContext, selecting: readonly Selecting[]): readonly Rivals[] {
  const byShared = new Map<string, Selecting[]>();
  const add = (key: string, entry: Selecting): void => {
    const group = byShared.get(key);
    if (group === undefined) byShared.set(key, [entry]);
    else group.push(entry);
  };
  for (const entry of selecting) {
    const namespace = namespaceOf(entry.resource);
    add(`workloads with ${labelsText(entry.labels)} of namespace ${namespace}`, entry);
    for (const workload of context.workloads.select(namespace, entry.labels))
      add(`workload ${nameOf(workload)}`, entry);
  }
  const shared = [...byShared].filter(([, group]) => areSeveral(group.map(({ resource }) => resource)));
  const groups = groupBy(shared, ([, group]) => group.map(({ resource }) => nameOf(resource)).join());
  return [...groups.values()].map(([[text, group] = ["", []]]) => ({
    rivals: group.map(({ resource }) => resource),
    shared: text,
  }));
}
