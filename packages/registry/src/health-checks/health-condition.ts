import type { Resource } from "@intramesh/config";

/** Istio's condition of a WorkloadEntry whose workload is probed. */
interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

const conditionType = "Healthy";

/** False where a health check found the instance unwell; true where none did, or there is none. */
export function isHealthy(resource: Resource): boolean {
  return healthCondition(resource)?.status !== "False";
}

/** The WorkloadEntry with its condition; `why` says why it is not well, undefined that it is. */
export function withHealth(resource: Resource, why: string | undefined, wallMs: number): Resource {
  const others = conditionsOf(resource).filter(({ type }) => type !== conditionType);
  const lastTransitionTime = `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
  const condition: Condition =
    why === undefined
      ? { type: conditionType, status: "True", lastTransitionTime }
      : { type: conditionType, status: "False", reason: "ProbeFailed", message: why, lastTransitionTime };
  const status = { ...(resource.status as object | undefined), conditions: [...others, condition] };
  return { ...resource, status };
}

function healthCondition(resource: Resource): Condition | undefined {
  return conditionsOf(resource).find(({ type }) => type === conditionType);
}

/** A status may have come in through the Kubernetes API, in any shape. */
function conditionsOf({ status }: Resource): readonly Condition[] {
  const { conditions } = (status ?? {}) as { readonly conditions?: unknown };
  return Array.isArray(conditions) ? conditions.filter((each) => typeof each?.type === "string") : [];
}
