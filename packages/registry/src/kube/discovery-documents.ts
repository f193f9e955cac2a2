import { apiVersionOf, type KindInfo } from "@intramesh/config";
import { readOnlyKinds, servedKinds } from "./served-kinds.ts";

/** Kubernetes' release whose API this is like; kubectl warns where it is more than one away from its own. */
const kubernetesMinor = 33;

const readVerbs = ["get", "list", "watch"];
const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** Every group with a name, in the order of the kinds. */
export const namedGroups: readonly string[] = [...new Set(servedKinds.map((info) => info.group))].filter(
  (name) => name !== "",
);

/** `/version` */
export function versionDocument(own: string): unknown {
  return {
    major: "1",
    minor: String(kubernetesMinor),
    gitVersion: `v1.${kubernetesMinor}.0+intramesh.${own}`,
    gitTreeState: "clean",
    goVersion: "",
    compiler: "",
    platform: `${process.platform}/${process.arch}`,
  };
}

/** `/api` */
export function coreVersionsDocument(): unknown {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

/** `/apis` */
export function groupListDocument(): unknown {
  return { kind: "APIGroupList", apiVersion: "v1", groups: namedGroups.map(group) };
}

/** `/apis/GROUP` */
export function groupDocument(name: string): unknown {
  return { kind: "APIGroup", apiVersion: "v1", ...group(name) };
}

/** `/api/v1` and `/apis/GROUP/VERSION` */
export function resourceListDocument(group: string, version: string): unknown {
  const served = kindsOf(group, version);
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(served[0]!, version),
    resources: served.map((info) => ({
      name: info.plural,
      singularName: info.singular,
      namespaced: info.namespaced,
      kind: info.kind,
      verbs: readOnlyKinds.includes(info) ? readVerbs : verbs,
      shortNames: info.shortNames,
      categories: info.categories,
    })),
  };
}

/** Versions of a group, newest first. */
export function versionsOf(group: string): readonly string[] {
  return [...new Set(servedKinds.filter((info) => info.group === group).flatMap((info) => info.versions))];
}

/** The kinds that one version of a group serves. */
export function kindsOf(group: string, version: string): readonly KindInfo[] {
  return servedKinds.filter((info) => info.group === group && info.versions.includes(version));
}

function group(name: string): { readonly name: string; readonly versions: readonly unknown[] } {
  const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, ...{ preferredVersion: versions[0] } };
}
