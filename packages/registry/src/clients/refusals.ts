import { findKind, kinds } from "@intramesh/config";
import type { RegistryState } from "../state/registry-state.ts";
import type { StoredObject } from "../state/stored-object.ts";
import type { HeldReport } from "./client-reports.ts";

/** Who refuses a resource, and the first reason that was given. */
export interface Refusal {
  readonly object: StoredObject;
  readonly clients: number;
  readonly client: string;
  readonly reason: string;
}

/** How messages of the mesh name a resource: `VirtualService default/reviews`. */
const title = new RegExp(`\\b(${kinds.map(({ kind }) => kind).join("|")}) ([a-z0-9-]+)/([a-z0-9.-]*[a-z0-9])`);

/** Longest reason that is shown, characters. */
const maxReasonChars = 500;

/** The stored resources that clients say they refuse. A refusal that names none of them is left out. */
export function findRefusals(reports: readonly HeldReport[], state: RegistryState): readonly Refusal[] {
  const byObject = new Map<StoredObject, Refusal>();
  for (const { id, report } of reports) {
    const refused = new Map<StoredObject, string>();
    for (const line of report.rejected) {
      const reason = typeof line === "string" ? line : JSON.stringify(line);
      const object = objectNamedIn(reason, state);
      if (object !== undefined) refused.set(object, reason);
    }
    for (const [object, reason] of refused) {
      const known = byObject.get(object);
      const first = known ?? { object, clients: 0, client: id, reason: shortened(reason) };
      byObject.set(object, { ...first, clients: first.clients + 1 });
    }
  }
  return [...byObject.values()];
}

function objectNamedIn(reason: string, state: RegistryState): StoredObject | undefined {
  const [, kind, namespace, name] = title.exec(reason) ?? [];
  const info = kind === undefined ? undefined : findKind(kind);
  return info === undefined ? undefined : state.get(info, namespace!, name!);
}

function shortened(reason: string): string {
  return reason.length <= maxReasonChars ? reason : `${reason.slice(0, maxReasonChars)}…`;
}
