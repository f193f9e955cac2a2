import { badRequest } from "../http/status.ts";
import { serviceOf, workloadEntryKind } from "../instances/workload-entry.ts";
import type { StoredObject } from "../state/stored-object.ts";

/** What one term names; see `instanceTerm` of registry-protocol.ts. */
export interface InstanceTerm {
  /** As it was asked for. */
  readonly text: string;
  /** The service that it names, `name.namespace`; undefined where it names labels. */
  readonly service: string | undefined;
  covers(instance: StoredObject): boolean;
}

/** A label is at most 63 characters, a key with its prefix 317; nobody selects by more than a few. */
const maxTermChars = 2_048;

const registered = /^(?<service>[^.,/]+)\.(?<namespace>[^.,/]+)$/;
const selected = /^(?<namespace>[^.,/]+)\/(?<labels>[^,=;]+=[^,=;]*(;[^,=;]+=[^,=;]*)*)$/;

/** Reads one. Throws an ApiError for text that is none. */
export function parseTerm(text: string): InstanceTerm {
  if (text.length <= maxTermChars) {
    const byService = registered.exec(text)?.groups;
    if (byService !== undefined) {
      const service = `${byService["service"]}.${byService["namespace"]}`;
      return { text, service, covers: (object) => registeredService(object) === service };
    }
    const byLabels = selected.exec(text)?.groups;
    if (byLabels !== undefined) {
      const { namespace, labels = "" } = byLabels;
      const wanted = labels.split(";").map((label): readonly [string, string] => {
        const at = label.indexOf("=");
        return [label.slice(0, at), label.slice(at + 1)];
      });
      return {
        text,
        service: undefined,
        covers: (object) =>
          object.namespace === namespace && registeredService(object) !== undefined && hasLabels(object, wanted),
      };
    }
  }
  const rule = "NAME.NAMESPACE or NAMESPACE/key=value;key=value was expected";
  throw badRequest(`services: ${JSON.stringify(text.slice(0, maxTermChars))} names no instances, ${rule}`);
}

/** The service that an object is an instance of, `name.namespace` in lower case; undefined for what is no instance. */
export function registeredService(object: StoredObject): string | undefined {
  const service = object.info === workloadEntryKind ? serviceOf(object.resource) : undefined;
  return service === undefined ? undefined : `${service.toLowerCase()}.${object.namespace}`;
}

/** The labels that a Service's selector looks at. */
export function labelsOf({ resource }: StoredObject): Readonly<Record<string, string>> {
  return (resource.spec as { readonly labels?: Readonly<Record<string, string>> }).labels ?? {};
}

function hasLabels(object: StoredObject, wanted: readonly (readonly [string, string])[]): boolean {
  const labels = labelsOf(object);
  return wanted.every(([key, value]) => labels[key] === value);
}
