import { type Issue, kindOf, parseResource, type Resource } from "@intramesh/config";
import type { LoadedDocument } from "./load-documents.ts";

/** A checked resource and where it was written. */
export interface ParsedDocument {
  readonly document: LoadedDocument;
  /** Undefined where an issue is an error, and for kinds that intramesh does not keep. */
  readonly resource: Resource | undefined;
  readonly issues: readonly Issue[];
  /** False for what belongs to somebody else: a Deployment, a ConfigMap. */
  readonly isKept: boolean;
}

/** Checks one document; a resource without namespace is in `default`, as kubectl would have it. */
export function parseDocument(document: LoadedDocument): ParsedDocument {
  const { apiVersion, kind, metadata } = document.value;
  const info = typeof apiVersion === "string" && typeof kind === "string" ? kindOf(apiVersion, kind) : undefined;
  if (info === undefined && isForeign(apiVersion, kind))
    return { document, resource: undefined, issues: [], isKept: false };
  const isPlaced = typeof metadata !== "object" || metadata === null || "namespace" in metadata;
  const placed =
    info?.namespaced && !isPlaced
      ? { ...document.value, metadata: { ...metadata, namespace: "default" } }
      : document.value;
  return { document, ...parseResource(placed), isKept: true };
}

/** `VirtualService default/reviews`, as far as the document says. */
export function describeDocument({ value }: LoadedDocument): string {
  const { name, namespace = "default" } = (value["metadata"] ?? {}) as Readonly<Record<string, unknown>>;
  const isNamespaced = kindOf(String(value["apiVersion"]), String(value["kind"]))?.namespaced ?? true;
  return `${String(value["kind"] ?? "resource")} ${isNamespaced ? `${String(namespace)}/` : ""}${String(name ?? "")}`;
}

/** Another program's kind, well said; not a misspelt one of Istio's or intramesh's own. */
function isForeign(apiVersion: unknown, kind: unknown): boolean {
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  return !/(^|\.)(istio|intramesh)\.io\//.test(apiVersion);
}
