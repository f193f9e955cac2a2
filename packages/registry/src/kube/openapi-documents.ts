import { isInertKind, type KindInfo, openapiSchema } from "@intramesh/config";
import { kindsOf, namedGroups, versionsOf } from "./discovery-documents.ts";
import { readOnlyKinds } from "./served-kinds.ts";

/** Every group and version with its place under `/openapi/v3/`. */
export const openapiPlaces: readonly { readonly path: string; readonly group: string; readonly version: string }[] = [
  { path: "api/v1", group: "", version: "v1" },
  ...namedGroups.flatMap((group) =>
    versionsOf(group).map((version) => ({ path: `apis/${group}/${version}`, group, version })),
  ),
];

/** `/openapi/v3`: where the documents are. kubectl keeps them by URL, so that `hash` must change with the content. */
export function openapiIndex(hash: string): unknown {
  const paths = openapiPlaces.map(({ path }) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]);
  return { paths: Object.fromEntries(paths) };
}

/**
 * What one group and version serves, as far as kubectl looks: that writes take dryRun and fieldValidation, and what
 * each kind may say, for `kubectl explain`.
 */
export function openapiDocument(group: string, version: string): unknown {
  const served = kindsOf(group, version).filter((info) => !readOnlyKinds.includes(info));
  return {
    openapi: "3.0.0",
    info: { title: "intramesh registry", version: "v1" },
    paths: Object.fromEntries(
      served.map((info) => [itemPath(info, version), { patch: patchOperation(info, version) }]),
    ),
    components: { schemas: Object.fromEntries(served.map((info) => schemaOf(info, version))) },
  };
}

function itemPath({ group, plural, namespaced }: KindInfo, version: string): string {
  const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced ? `${base}/namespaces/{namespace}/${plural}/{name}` : `${base}/${plural}/{name}`;
}

function patchOperation({ group, kind }: KindInfo, version: string): unknown {
  return {
    "x-kubernetes-action": "patch",
    "x-kubernetes-group-version-kind": { group, version, kind },
    parameters: ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({
      name,
      in: "query",
      schema: { type: "string", uniqueItems: true },
    })),
    responses: { 200: { description: "OK" } },
  };
}

function schemaOf(info: KindInfo, version: string): [string, unknown] {
  const { group, kind } = info;
  const reversed = group === "" ? "io.k8s.api.core" : group.split(".").reverse().join(".");
  const schema = {
    ...(isInertKind(info) ? inertSchema : openapiSchema(kind)),
    "x-kubernetes-group-version-kind": [{ group, version, kind }],
  };
  return [`${reversed}.${version}.${kind}`, schema];
}

/** Of an object that is kept as it comes. */
const inertSchema: object = {
  type: "object",
  description: "Kept so that whole manifests of applications apply. It has no effect, and nothing of it is checked.",
  "x-kubernetes-preserve-unknown-fields": true,
};
