import { type KindInfo, kinds, type Resource } from "@intramesh/config";
import type { StoredObject } from "../state/stored-object.ts";
import { kubernetesTime } from "./managed-metadata.ts";

/**
 * What the registry says of a resource in its `status.conditions`. `Accepted`: no client refuses it. `Reconciled`: every
 * client that was connected runs it.
 */
export type ConditionType = "Accepted" | "Reconciled";

/** Kubernetes' metav1.Condition, without type and times. */
export interface Verdict {
  readonly status: "True" | "False";
  /** CamelCase, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/** What is said of a resource at one time. */
export type Verdicts = Readonly<Record<ConditionType, Verdict>>;

interface Condition extends Verdict {
  readonly type: string;
  /** The generation that it is said of. */
  readonly observedGeneration?: number;
  /** RFC 3339; when `status` last became another. */
  readonly lastTransitionTime?: string;
}

const conditionTypes: readonly ConditionType[] = ["Accepted", "Reconciled"];

/** Instances come and go with their leases, and a Namespace is only a place: nobody waits for clients to run them. */
const withoutConditions: ReadonlySet<string> = new Set(["WorkloadEntry", "Namespace"]);
const kindsWithConditions: ReadonlySet<KindInfo> = new Set(kinds.filter(({ kind }) => !withoutConditions.has(kind)));

/** True for the kinds that clients run as configuration. */
export function hasConditions(info: KindInfo): boolean {
  return kindsWithConditions.has(info);
}

/** What is said of an object; undefined before anything is. */
export function findVerdict({ status }: Resource, type: ConditionType): Verdict | undefined {
  return conditionsIn(status).find((condition) => condition.type === type);
}

/** The resource with these verdicts about its present generation. Conditions of other types stay, so does other status. */
export function withVerdicts(resource: Resource, verdicts: Verdicts, wallMs: number): Resource {
  const { generation = 1 } = resource.metadata;
  const before = conditionsIn(resource.status);
  const own = conditionTypes.map((type): Condition => {
    const { status, reason, message } = verdicts[type];
    const former = before.find((condition) => condition.type === type);
    const since = former?.status === status ? former.lastTransitionTime : undefined;
    const lastTransitionTime = since ?? kubernetesTime(wallMs);
    return { type, status, observedGeneration: generation, lastTransitionTime, reason, message };
  });
  return withStatus(resource, own, generation);
}

/** The resource with what was last said of `previous`: clients have no say in it. */
export function keepConditions(resource: Resource, previous: StoredObject | undefined): Resource {
  const status = previous?.resource.status;
  const own = conditionsIn(status).filter(isOwn);
  if (own.length > 0) return withStatus(resource, own, (status as Status).observedGeneration);
  return conditionsIn(resource.status).some(isOwn) ? withStatus(resource, [], undefined) : resource;
}

interface Status {
  readonly conditions?: readonly Condition[];
  readonly observedGeneration?: number;
}

function withStatus(resource: Resource, own: readonly Condition[], observedGeneration: number | undefined): Resource {
  const { observedGeneration: _, ...rest } = isRecord(resource.status) ? (resource.status as Status) : {};
  const conditions = [...conditionsIn(resource.status).filter((condition) => !isOwn(condition)), ...own];
  const status = { ...rest, conditions, ...(observedGeneration === undefined ? {} : { observedGeneration }) };
  return { ...resource, status };
}

/** A client may have written anything there. */
function conditionsIn(status: unknown): readonly Condition[] {
  const conditions = isRecord(status) ? status["conditions"] : undefined;
  return Array.isArray(conditions)
    ? conditions.filter(isRecord).map((condition) => condition as unknown as Condition)
    : [];
}

function isOwn({ type }: Condition): boolean {
  return conditionTypes.some((own) => own === type);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
