import type { KindInfo } from "./kind-info.ts";

/**
 * Kinds of Kubernetes that the registry keeps so that whole application manifests apply, and that mean nothing to the
 * mesh: nothing of them but the metadata is checked, and its clients never get them.
 */
export const inertKinds: readonly KindInfo[] = [
  inert("", "ConfigMap", "configmaps", ["cm"]),
  inert("", "Secret", "secrets", []),
  inert("", "ServiceAccount", "serviceaccounts", ["sa"]),
  inert("apps", "Deployment", "deployments", ["deploy"], ["all"]),
];

/** True for a kind that is kept and has no effect. */
export function isInertKind(info: KindInfo): boolean {
  return inertKinds.includes(info);
}

function inert(
  group: string,
  kind: string,
  plural: string,
  shortNames: readonly string[],
  categories: readonly string[] = [],
): KindInfo {
  const singular = kind.toLowerCase();
  return { kind, group, versions: ["v1"], plural, singular, shortNames, categories, namespaced: true };
}
