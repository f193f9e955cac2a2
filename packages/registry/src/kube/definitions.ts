import { createHash } from "node:crypto";
import { type KindInfo, kinds } from "@intramesh/config";
import { type StoredObject, storedObject } from "../state/stored-object.ts";
import { definitionKind } from "./served-kinds.ts";

/** When the registry's kinds began to be: what does not change has one age, over every restart. */
const createdAt = "2026-01-01T00:00:00Z";

/** A CustomResourceDefinition for each kind that Kubernetes does not have itself. They are made up, and never change. */
export const definitions: readonly StoredObject[] = kinds.filter(({ group }) => group !== "").map(definitionOf);

function definitionOf(info: KindInfo): StoredObject {
  const { group, kind, plural, singular, shortNames, categories, versions } = info;
  const name = `${plural}.${group}`;
  const names = { plural, singular, kind, listKind: `${kind}List`, shortNames, categories };
  const condition = (type: string, reason: string): object => ({
    type,
    status: "True",
    lastTransitionTime: createdAt,
    reason,
    message: "the registry keeps this kind by itself",
  });
  const resource = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: definitionKind.kind,
    metadata: { name, uid: uidOf(name), generation: 1, creationTimestamp: createdAt },
    spec: {
      group,
      names,
      scope: info.namespaced ? "Namespaced" : "Cluster",
      versions: versions.map((version, position) => ({ name: version, served: true, storage: position === 0 })),
    },
    status: {
      acceptedNames: names,
      storedVersions: [versions[0]],
      conditions: [condition("NamesAccepted", "NoConflicts"), condition("Established", "InitialNamesAccepted")],
    },
  };
  return storedObject(definitionKind, resource, 1);
}

/** The same for the same name in every registry. */
function uidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
