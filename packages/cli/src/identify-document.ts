import { inertKindOf, type KindInfo, kindOf } from "@intramesh/config";
import { unknownKind } from "./kind-argument.ts";
import type { LoadedDocument } from "./load-documents.ts";

/** Which object a document is about. */
export type Identity =
  | { readonly ok: true; readonly info: KindInfo; readonly namespace: string; readonly name: string }
  /** `file:line: what is wrong` */
  | { readonly ok: false; readonly error: string };

/** Reads a document's kind and name. `namespace` is the one that the command names, undefined where it does not. */
export function identifyDocument(document: LoadedDocument, namespace: string | undefined): Identity {
  const { value } = document;
  const { apiVersion, kind } = value;
  const metadata = (value["metadata"] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") {
    return wrong(document, "", "a resource needs apiVersion and kind, both text");
  }
  const info = kindOf(apiVersion, kind) ?? inertKindOf(apiVersion, kind);
  if (info === undefined) return wrong(document, "kind", `apiVersion ${apiVersion}: ${unknownKind(kind)}`);
  const { name, namespace: own } = metadata;
  if (typeof name !== "string" || name === "") return wrong(document, "metadata", `${kind} has no metadata.name`);
  if (own !== undefined && typeof own !== "string") {
    return wrong(document, "metadata.namespace", `${kind} "${name}": metadata.namespace must be text`);
  }
  if (namespace !== undefined && own !== undefined && info.namespaced && own !== namespace) {
    const text = `${kind} "${name}" is for namespace "${own}", the command is for "${namespace}"`;
    return wrong(document, "metadata.namespace", text);
  }
  return { ok: true, info, namespace: own ?? namespace ?? "default", name };
}

function wrong({ file, lineOf }: LoadedDocument, field: string, message: string): Identity {
  return { ok: false, error: `${file}:${lineOf(field)}: ${message}` };
}
