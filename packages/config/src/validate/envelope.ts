import type { KindInfo } from "../kind-info.ts";
import { apiVersionOf, kindOf, kinds } from "../kinds.ts";
import { findClosestName } from "./closest-name.ts";
import { checkDnsLabel, checkDnsSubdomain } from "./names.ts";
import type { Place } from "./place.ts";
import { isRecord, mapOf, text } from "./shape.ts";

const envelopeFields: readonly string[] = ["apiVersion", "kind", "metadata", "spec", "status"];

/** Checks what every object has around its spec, and finds its kind; undefined where it says none that is known. */
export function checkEnvelope(object: Readonly<Record<string, unknown>>, place: Place): KindInfo | undefined {
  const info = findKind(object, place);
  // What else a foreign kind has is its own affair.
  if (info !== undefined) checkFields(object, place);
  checkMetadata(object["metadata"], info, place.field("metadata"));
  return info;
}

function checkFields(object: Readonly<Record<string, unknown>>, place: Place): void {
  for (const key of Object.keys(object)) {
    if (envelopeFields.includes(key)) continue;
    const meant = findClosestName(key, envelopeFields);
    place
      .field(key)
      .error(`unknown field "${key}"${meant === undefined ? "; should it be in spec?" : `; did you mean ${meant}?`}`);
  }
}

function findKind({ apiVersion, kind }: Readonly<Record<string, unknown>>, place: Place): KindInfo | undefined {
  if (typeof kind !== "string" || typeof apiVersion !== "string") {
    place
      .field(typeof kind === "string" ? "apiVersion" : "kind")
      .error("is missing: every resource has apiVersion and kind");
    return undefined;
  }
  const info = kindOf(apiVersion, kind);
  if (info !== undefined) return info;
  const sameKind = kinds.find((candidate) => candidate.kind === kind);
  if (sameKind !== undefined) {
    const versions = sameKind.versions.map((version) => apiVersionOf(sameKind, version)).join(", ");
    place.field("apiVersion").error(`"${apiVersion}" has no ${kind}: use ${versions}`);
    return undefined;
  }
  const names = kinds.map((candidate) => candidate.kind);
  const meant = findClosestName(kind, names);
  const hint = meant === undefined ? `known are ${names.join(", ")}` : `did you mean ${meant}?`;
  place.field("kind").error(`"${kind}" of ${apiVersion} is not a kind that intramesh knows; ${hint}`);
  return undefined;
}

/** Checks name, namespace, labels and annotations. */
export function checkMetadata(metadata: unknown, info: KindInfo | undefined, place: Place): void {
  if (!isRecord(metadata)) {
    place.error("is missing: every resource has metadata with a name");
    return;
  }
  const { name, namespace, labels, annotations } = metadata;
  if (name === undefined || name === null || name === "")
    place.field("name").error("is missing: every resource has a name");
  else if (text(name, place.field("name"))) checkDnsSubdomain(name, place.field("name"));
  if (namespace !== undefined && namespace !== null && text(namespace, place.field("namespace"))) {
    if (info?.namespaced === false && namespace !== "")
      place.field("namespace").error(`a ${info.kind} belongs to no namespace`);
    else if (namespace !== "") checkDnsLabel(namespace, place.field("namespace"));
  }
  if (labels !== undefined && labels !== null) mapOf(text)(labels, place.field("labels"));
  if (annotations !== undefined && annotations !== null) mapOf(text)(annotations, place.field("annotations"));
}
