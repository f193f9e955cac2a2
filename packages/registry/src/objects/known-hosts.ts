import { findKind, type KindInfo, type Resource } from "@intramesh/config";
import type { RegistryState } from "../state/registry-state.ts";

const serviceKind: KindInfo = findKind("Service")!;
const serviceEntryKind: KindInfo = findKind("ServiceEntry")!;

/** Where cluster-local names end; what Kubernetes and Istio call the domain. */
const domain = ".svc.cluster.local";

/** Tells whether instances have registered for a service that nobody has declared. */
export type HasInstances = (namespace: string, service: string) => boolean;

/**
 * One warning for each host of a VirtualService that nothing in the registry serves. It is accepted all the same:
 * rules may come before the service that they are about.
 */
export function unknownHostWarnings(state: RegistryState, hasInstances: HasInstances, resource: Resource): string[] {
  if (resource.kind !== "VirtualService") return [];
  const namespace = resource.metadata.namespace ?? "";
  const unknown = new Map<string, string>();
  for (const [path, host] of hostsOf(resource.spec as Readonly<Record<string, unknown>>)) {
    if (!unknown.has(host) && !isKnown(state, hasInstances, namespace, host)) unknown.set(host, path);
  }
  return [...unknown].map(([host, path]) => `IST0101 ${path}: host ${host} is not known to the registry`);
}

function isKnown(state: RegistryState, hasInstances: HasInstances, namespace: string, host: string): boolean {
  const lower = host.toLowerCase();
  if (!lower.includes(".") || lower.endsWith(domain)) {
    const [name, space = namespace] = lower.replace(domain, "").split(".") as [string, string?];
    if (state.get(serviceKind, space, name) !== undefined || hasInstances(space, name)) return true;
  }
  for (const { resource } of state.ofKind(serviceEntryKind)) {
    const { hosts = [] } = resource.spec as { readonly hosts?: readonly string[] };
    if (hosts.some((served) => served === lower || (served.startsWith("*.") && lower.endsWith(served.slice(1))))) {
      return true;
    }
  }
  return false;
}

/** Path and host of everything that the rules name: their own hosts, where they hold in the mesh, and destinations. */
function* hostsOf(spec: Readonly<Record<string, unknown>>): Generator<[string, string]> {
  const gateways = asList(spec["gateways"]);
  if (gateways.length === 0 || gateways.includes("mesh")) {
    for (const [index, host] of asList(spec["hosts"]).entries()) {
      if (typeof host === "string" && !host.startsWith("*")) yield [`spec.hosts[${index}]`, host];
    }
  }
  for (const protocol of ["http", "tls", "tcp"]) {
    for (const [index, rule] of asList(spec[protocol]).entries())
      yield* destinationsOf(`spec.${protocol}[${index}]`, rule);
  }
}

function* destinationsOf(path: string, rule: unknown): Generator<[string, string]> {
  const { route, mirror, mirrors } = (rule ?? {}) as Readonly<Record<string, unknown>>;
  const found: [string, unknown][] = [];
  for (const [index, entry] of asList(route).entries()) {
    found.push([`${path}.route[${index}].destination.host`, at(at(entry, "destination"), "host")]);
  }
  found.push([`${path}.mirror.host`, at(mirror, "host")]);
  for (const [index, entry] of asList(mirrors).entries()) {
    found.push([`${path}.mirrors[${index}].destination.host`, at(at(entry, "destination"), "host")]);
  }
  for (const [where, host] of found) if (typeof host === "string") yield [where, host];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
