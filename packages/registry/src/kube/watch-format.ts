import type { KindInfo } from "@intramesh/config";
import type { StoredObject } from "../state/stored-object.ts";
import type { LineFormat } from "../watch/feed.ts";
import type { Selector } from "./selectors.ts";

/** What a Kubernetes watch wants to see, and in which shape. */
export interface KubeWatch {
  readonly info: KindInfo;
  /** Under which the events' objects are. */
  readonly apiVersion: string;
  readonly wants: Selector;
  readonly bookmarks: boolean;
  /** All objects of a kind that never changes; undefined for those of the state. */
  readonly fixed: readonly StoredObject[] | undefined;
  /** An object as JSON: under the watch's apiVersion, or as a Table of one row. */
  render(object: StoredObject): string;
}

type EventType = "ADDED" | "MODIFIED" | "DELETED";

/** Kubernetes' watch events, a line each. */
export function kubeFormat(watch: KubeWatch): LineFormat {
  const wants = (object: StoredObject): boolean => object.info === watch.info && watch.wants(object);
  const event = (type: EventType, object: StoredObject): string =>
    `{"type":"${type}","object":${watch.render(object)}}\n`;
  return {
    object: (object) => (wants(object) ? event("ADDED", object) : undefined),
    change({ type, object, previous }) {
      // An object can come into view, or leave it, by a change of its labels. Where the state before is not known any
      // more it counts as seen: a deletion too many does no harm, one too few would.
      const before = previous === undefined ? type !== "ADDED" && object.info === watch.info : wants(previous);
      const after = type !== "DELETED" && wants(object);
      if (after) return event(before ? "MODIFIED" : "ADDED", object);
      return before ? event("DELETED", object) : undefined;
    },
    bookmark: (revision) => (watch.bookmarks ? bookmarkLine(watch, revision, {}) : undefined),
  };
}

/** The stream of a kind that never changes begins with all that it will ever have. */
export function fixedLines(watch: KubeWatch): string {
  return (watch.fixed ?? [])
    .filter(watch.wants)
    .map((object) => `{"type":"ADDED","object":${watch.render(object)}}\n`)
    .join("");
}

/** Says up to which revision the stream is whole. */
export function bookmarkLine(
  watch: Pick<KubeWatch, "info" | "apiVersion">,
  revision: number,
  annotations: Readonly<Record<string, string>>,
): string {
  const { info, apiVersion } = watch;
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return `${JSON.stringify({ type: "BOOKMARK", object: { kind: info.kind, apiVersion, metadata } })}\n`;
}
