import { findKind, isInertKind, type KindInfo } from "@intramesh/config";
import type { WatchEvent } from "@intramesh/discovery";
import { isHealthy } from "../health-checks/health-condition.ts";
import { badRequest } from "../http/status.ts";
import { isDrained, serviceOf, workloadEntryKind } from "../instances/workload-entry.ts";
import type { StoredObject } from "../state/stored-object.ts";
import type { LineFormat } from "./feed.ts";

/** What a mesh watch carries; undefined says "all". */
export interface WatchScope {
  readonly kinds: ReadonlySet<KindInfo> | undefined;
  /** `NAME.NAMESPACE`: instances of other services are left out. */
  readonly services: ReadonlySet<string> | undefined;
}

/** Reads the scope out of a watch's query. Throws an ApiError for a kind that nobody knows. */
export function parseScope(kinds: string | undefined, services: string | undefined): WatchScope {
  return {
    kinds: kinds ? new Set(kinds.split(",").map(knownKind)) : undefined,
    services: services ? new Set(services.split(",")) : undefined,
  };
}

/** The same for scopes of the same content. */
export function scopeKey({ kinds, services }: WatchScope): string {
  const kindNames =
    kinds === undefined
      ? "*"
      : [...kinds]
          .map((info) => info.kind)
          .sort()
          .join();
  return `mesh?kinds=${kindNames}&services=${services === undefined ? "*" : [...services].sort().join()}`;
}

/** The lines of registry-protocol.ts. */
export function meshFormat(scope: WatchScope): LineFormat {
  return {
    object: (object) => (covers(scope, object) && isShown(object) ? putLine(object) : undefined),
    change({ type, revision, object, previous }) {
      // An instance that moves to another service must reach those who watch the former one, too.
      if (!covers(scope, object) && !(previous !== undefined && covers(scope, previous))) return undefined;
      if (type !== "DELETED" && isShown(object)) return putLine(object);
      const { info, namespace, name } = object;
      return eventLine({ type: "DELETE", revision, kind: info.kind, namespace, name });
    },
    bookmark: (revision) => eventLine({ type: "BOOKMARK", revision }),
  };
}

/** One event as it goes over the wire. */
export function eventLine(event: WatchEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function putLine(object: StoredObject): string {
  return `{"type":"PUT","revision":${object.revision},"object":${object.json}}\n`;
}

function covers(scope: WatchScope, object: StoredObject): boolean {
  if (isInertKind(object.info)) return false;
  if (scope.kinds !== undefined && !scope.kinds.has(object.info)) return false;
  if (scope.services === undefined || object.info !== workloadEntryKind) return true;
  const service = serviceOf(object.resource);
  return service === undefined || scope.services.has(`${service}.${object.namespace}`);
}

/** Clients do not hear of an instance that is drained, or that its health check found unwell: to them it has gone. */
function isShown({ info, resource }: StoredObject): boolean {
  return info !== workloadEntryKind || (isHealthy(resource) && !isDrained(resource));
}

function knownKind(name: string): KindInfo {
  const info = findKind(name);
  if (info === undefined) throw badRequest(`kinds: "${name}" is not a kind that this registry keeps`);
  return info;
}
