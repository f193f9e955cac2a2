import { destinationsOf, findKind, instanceMarks, type KindInfo, type Resource, resolveHost } from "@intramesh/config";
import type { RegistryState } from "../state/registry-state.ts";
import { createHostIndex } from "./host-index.ts";

/** Tells whether instances have registered for a service that nobody has declared. */
export type HasInstances = (namespace: string, service: string) => boolean;

/** Finds what a resource names as far as it exists, and who else has its hosts. */
export type FindRelated = (resource: Resource) => readonly Resource[];

/** What related resources are found by; the parts of any spec that hold names. */
interface Naming {
  readonly hosts?: readonly string[];
  readonly host?: string;
  readonly gateways?: readonly string[];
  readonly fallback?: { readonly destination?: { readonly host?: string } };
  readonly http?: readonly {
    readonly delegate?: { readonly name?: string; readonly namespace?: string };
    readonly match?: readonly { readonly gateways?: readonly string[] }[];
  }[];
}

const naming: ReadonlySet<string> = new Set(["VirtualService", "DestinationRule", "ResiliencePolicy"]);

/** `reviews.default.svc.cluster.local`, and what of it is name and namespace. */
const localHost = /^([^.]+)\.([^.]+)\.svc\./;

/** Looks at a few resources for each write, however many there are. */
export function createFindRelated(state: RegistryState, hasInstances: HasInstances): FindRelated {
  const index = createHostIndex(state);
  const get = (kind: string, namespace: string, name: string): readonly Resource[] => {
    const found = state.get(kindNamed(kind), namespace, name);
    return found === undefined ? [] : [found.resource];
  };
  const servicesOf = (host: string): readonly Resource[] => {
    const [, name, namespace] = localHost.exec(host) ?? [];
    if (name === undefined || namespace === undefined) return [];
    const declared = get("Service", namespace, name);
    return declared.length === 0 && hasInstances(namespace, name) ? [instanceOf(namespace, name)] : declared;
  };
  return (resource) => {
    if (!naming.has(resource.kind)) return [];
    const spec = resource.spec as Naming;
    const own = resource.metadata.namespace ?? "";
    const related = new Map<string, Resource>();
    const add = (found: readonly Resource[]): void => {
      for (const other of found) related.set(`${other.kind} ${other.metadata.namespace}/${other.metadata.name}`, other);
    };
    for (const host of hostsIn(resource, spec)) {
      add(servicesOf(host));
      add([...index.find("ServiceEntry", host, true)].map((object) => object.resource));
      add([...index.find("DestinationRule", host, true)].map((object) => object.resource));
    }
    for (const host of resource.kind === "VirtualService" ? (spec.hosts ?? []) : []) {
      add([...index.find("VirtualService", resolveHost(host, own), false)].map((object) => object.resource));
    }
    for (const name of gatewaysIn(spec)) {
      const [last = "", namespace = own] = name.split("/").reverse();
      add(get("Gateway", namespace, last));
    }
    for (const { delegate } of spec.http ?? []) {
      if (delegate?.name) add(get("VirtualService", delegate.namespace || own, delegate.name));
    }
    // The state before the write is not another resource.
    related.delete(`${resource.kind} ${resource.metadata.namespace}/${resource.metadata.name}`);
    return [...related.values()];
  };
}

function hostsIn(resource: Resource, { host, fallback }: Naming): ReadonlySet<string> {
  const destinations =
    resource.kind === "VirtualService" ? destinationsOf(resource.spec as Parameters<typeof destinationsOf>[0]) : [];
  const written = [host, fallback?.destination?.host, ...destinations.map(({ destination }) => destination.host)];
  return new Set(
    written
      .filter((name): name is string => name !== undefined && name !== "")
      .map((name) => resolveHost(name, resource.metadata.namespace ?? "")),
  );
}

function gatewaysIn({ gateways = [], http = [] }: Naming): ReadonlySet<string> {
  const matched = http.flatMap(({ match = [] }) => match.flatMap((entry) => entry.gateways ?? []));
  return new Set([...gateways, ...matched].filter((name) => name !== "mesh"));
}

function kindNamed(kind: string): KindInfo {
  return findKind(kind)!;
}

/** Stands for the instances of a service that nobody has declared. It says nothing of their ports and labels. */
function instanceOf(namespace: string, service: string): Resource {
  const annotations = { [instanceMarks.service]: service };
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "WorkloadEntry",
    metadata: { name: service, namespace, annotations },
    spec: {},
  };
}
