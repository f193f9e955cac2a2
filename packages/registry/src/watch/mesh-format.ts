import { findKind, isInertKind, type KindInfo } from "@intramesh/config";
import type { WatchEvent } from "@intramesh/discovery";
import { badRequest } from "../http/status.ts";
import { isInService } from "../instances/in-service.ts";
import { workloadEntryKind } from "../instances/workload-entry.ts";
import { isMeshChange } from "../objects/mesh-change.ts";
import type { Change, StoredObject } from "../state/stored-object.ts";
import type { Announcement, Announcements } from "./announcements.ts";
import type { LineFormat, NarrowLine } from "./feed.ts";
import { labelsOf, registeredService } from "./instance-terms.ts";

/** The kinds that a mesh watch carries; undefined says "all". */
export type WatchedKinds = ReadonlySet<KindInfo> | undefined;

/** Reads them out of a watch's query. Throws an ApiError for a kind that nobody knows. */
export function parseKinds(text: string | undefined): WatchedKinds {
  return text ? new Set(text.split(",").map(knownKind)) : undefined;
}

/** The same for formats of the same content. */
export function feedKey(kinds: WatchedKinds, isNarrow: boolean): string {
  const names = kinds === undefined ? ["*"] : [...kinds].map((info) => info.kind).sort();
  return `mesh ${isNarrow ? "narrow" : "whole"} ${names.join()}`;
}

/** The lines of registry-protocol.ts with the instances of everybody. */
export function meshFormat(kinds: WatchedKinds): LineFormat {
  return {
    object: (object) => (carries(kinds, object) && isShown(object) ? putLine(object) : undefined),
    change: (change) => (carries(kinds, change.object) && isMeshChange(change) ? changeLine(change) : undefined),
    bookmark: bookmarkLine,
  };
}

/** The same for streams that subscribe to instances, and hear of others as services only. */
export function narrowMeshFormat(kinds: WatchedKinds, announcements: Announcements): LineFormat {
  return {
    object: (object) =>
      carries(kinds, object) && isShown(object) && registeredService(object) === undefined
        ? putLine(object)
        : undefined,
    closing() {
      const told = kinds === undefined || kinds.has(workloadEntryKind);
      return told ? [...announcements.all()].map((each) => serviceLine(each, 0)).join("") : "";
    },
    change(change) {
      if (!carries(kinds, change.object) || !isMeshChange(change)) return undefined;
      const told = announcements.of(change).map((each) => serviceLine(each, change.revision));
      return narrowLine(change, told.join(""));
    },
    bookmark: bookmarkLine,
  };
}

/** One event as it goes over the wire. */
export function eventLine(event: WatchEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** `told` is for everybody. */
function narrowLine(change: Change, told: string): string | NarrowLine {
  const { object, previous } = change;
  const line = changeLine(change) + told;
  const service = registeredService(object);
  if (service === undefined) return line;
  const gone = deleteLine(change) + told;
  // Where it was nobody's instance before, or what it was is forgotten, anybody may have it.
  const wasAnybodys =
    change.type === "MODIFIED" && (previous === undefined || registeredService(previous) === undefined);
  if (wasAnybodys) return { object, line, elsewhere: gone, leaving: undefined };
  const isMoved = previous !== undefined && (registeredService(previous) !== service || !sameLabels(previous, object));
  return { object, line, elsewhere: told, leaving: isMoved ? { object: previous, line: gone } : undefined };
}

function changeLine(change: Change): string {
  return change.type !== "DELETED" && isShown(change.object) ? putLine(change.object) : deleteLine(change);
}

function putLine(object: StoredObject): string {
  return `{"type":"PUT","revision":${object.revision},"object":${object.json}}\n`;
}

function deleteLine({ revision, object }: Change): string {
  const { info, namespace, name } = object;
  return eventLine({ type: "DELETE", revision, kind: info.kind, namespace, name });
}

function serviceLine(service: Announcement, revision: number): string {
  return eventLine({ type: "SERVICE", revision, ...service });
}

function bookmarkLine(revision: number): string {
  return eventLine({ type: "BOOKMARK", revision });
}

function carries(kinds: WatchedKinds, object: StoredObject): boolean {
  return !isInertKind(object.info) && (kinds === undefined || kinds.has(object.info));
}

/** Clients do not hear of an instance that is drained, or that its health check found unwell: to them it has gone. */
function isShown({ info, resource }: StoredObject): boolean {
  return info !== workloadEntryKind || isInService(resource);
}

function sameLabels(one: StoredObject, other: StoredObject): boolean {
  return JSON.stringify(labelsOf(one)) === JSON.stringify(labelsOf(other));
}

function knownKind(name: string): KindInfo {
  const info = findKind(name);
  if (info === undefined) throw badRequest(`kinds: "${name}" is not a kind that this registry keeps`);
  return info;
}
