import { namespaceOf } from "../policy/resource-order.ts";
import type { Resource } from "../resource.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import type { AnalysisContext } from "./analysis-context.ts";

type Labels = Readonly<Record<string, string>>;

/** Workloads of a namespace, or of all from the root namespace, that have these labels; all of them where none is asked for. */
export function workloadsInScope(
  context: AnalysisContext,
  namespace: string,
  labels: Labels | undefined,
): readonly Resource<WorkloadEntrySpec>[] {
  const wanted = labels ?? {};
  if (namespace === context.mesh.rootNamespace) return context.workloadsWith(wanted);
  if (Object.keys(wanted).length > 0) return context.workloads.select(namespace, wanted);
  return context.ofKind("WorkloadEntry").filter((entry) => namespaceOf(entry) === namespace);
}

/** Labels as text, sorted: `app=reviews, version=v1`. */
export function labelsText(labels: Labels | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(", ");
}
