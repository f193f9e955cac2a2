import { inertKinds, type KindInfo, kinds } from "@intramesh/config";

/** Kinds whose objects are written by clients and kept. */
export const storedKinds: readonly KindInfo[] = [...kinds, ...inertKinds];

/** What stands for the kinds of Istio and intramesh themselves: `kubectl get crds`. */
export const definitionKind: KindInfo = {
  kind: "CustomResourceDefinition",
  group: "apiextensions.k8s.io",
  versions: ["v1"],
  plural: "customresourcedefinitions",
  singular: "customresourcedefinition",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
};

/** There are none; `kubectl describe` asks for them all the same. */
export const eventKind: KindInfo = {
  kind: "Event",
  group: "",
  versions: ["v1"],
  plural: "events",
  singular: "event",
  shortNames: ["ev"],
  categories: [],
  namespaced: true,
};

/** Kinds that can be read only. */
export const readOnlyKinds: readonly KindInfo[] = [eventKind, definitionKind];

/** Every kind that there is a path for. */
export const servedKinds: readonly KindInfo[] = [...storedKinds, ...readOnlyKinds];
