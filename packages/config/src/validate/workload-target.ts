import type { TargetReference, WorkloadSelector } from "../spec/security.ts";
import { checkLabels } from "./names.ts";
import type { Place } from "./place.ts";

/** How a security resource says for which workloads it is. */
export interface Targeted {
  readonly selector?: WorkloadSelector;
  readonly targetRef?: TargetReference;
  readonly targetRefs?: readonly TargetReference[];
}

/** Checks selector and target references: at most one of them. */
export function checkTarget({ selector, targetRef, targetRefs }: Targeted, place: Place): void {
  const given = [selector, targetRef, targetRefs?.length ? targetRefs : undefined].filter(
    (value) => value !== undefined,
  );
  if (given.length > 1) place.error("selector, targetRef and targetRefs exclude each other: keep one");
  const labels = place.field("selector").field("matchLabels");
  checkLabels(selector?.matchLabels, labels);
  for (const value of Object.values(selector?.matchLabels ?? {})) {
    if (value.includes("*")) labels.error(`"${value}": labels are compared whole, without wildcards`);
  }
  const references = targetRefs?.map((reference, at) => ({ reference, entry: place.field("targetRefs").at(at) })) ?? [];
  if (targetRef !== undefined) references.push({ reference: targetRef, entry: place.field("targetRef") });
  for (const { reference, entry } of references) {
    if (!reference.kind) entry.field("kind").error("is missing: say what is meant, as in Service");
    if (!reference.name) entry.field("name").error("is missing: say which one is meant");
  }
}
