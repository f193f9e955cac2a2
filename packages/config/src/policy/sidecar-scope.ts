import type { MeshPolicy, ServicePolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { EgressListener, SidecarSpec } from "../spec/sidecar.ts";
import { coversHost } from "./host-name.ts";
import type { MeshClient } from "./mesh-client.ts";
import { compareByAge, namespaceOf } from "./resource-order.ts";
import { hasLabels } from "./workloads.ts";

/** What a Sidecar leaves of the mesh for one client. */
export interface SidecarScope {
  seesService(service: ServicePolicy): boolean;
  /**
   * Whether a port of a service can be called. A listener for a port is the only one for it
   * (pilot/pkg/model/sidecar.go GetEgressListenerForRDS).
   */
  readonly seesPort: (service: ServicePolicy, port: number) => boolean;
  /** Whether a VirtualService of `namespace` for these hosts counts. */
  seesVirtualService(namespace: string, hosts: readonly string[]): boolean;
  /** Undefined: the mesh's own. */
  readonly outboundTrafficPolicy: MeshPolicy["outboundTrafficPolicy"] | undefined;
}

/**
 * The scope of a client; undefined where no Sidecar limits it. Sidecars of its namespace that select it come first,
 * the oldest of them, then one of its namespace for all, then one of the root namespace for all.
 */
export function findSidecarScope(
  sidecars: readonly Resource<SidecarSpec>[],
  client: MeshClient,
  rootNamespace: string,
): SidecarScope | undefined {
  // A Gateway serves what its VirtualServices say.
  if (client.gateway !== undefined || sidecars.length === 0) return undefined;
  const ordered = [...sidecars].sort(compareByAge);
  const own = ordered.filter((sidecar) => namespaceOf(sidecar) === client.namespace);
  const sidecar =
    own.find(({ spec }) => spec.workloadSelector !== undefined && hasLabels(client.labels, labelsOf(spec))) ??
    own.find(isForAll) ??
    ordered.find((candidate) => namespaceOf(candidate) === rootNamespace && isForAll(candidate));
  return sidecar === undefined ? undefined : createScope(sidecar.spec, client.namespace);
}

function isForAll({ spec }: Resource<SidecarSpec>): boolean {
  return spec.workloadSelector === undefined;
}

function labelsOf({ workloadSelector }: SidecarSpec): Readonly<Record<string, string>> {
  return workloadSelector?.labels ?? {};
}

/** Hosts of one egress listener. */
interface Egress {
  readonly port: number | undefined;
  readonly included: readonly ScopedHost[];
  readonly excluded: readonly ScopedHost[];
}

interface ScopedHost {
  /** `*` for every namespace. */
  readonly namespace: string;
  readonly host: string;
}

function createScope(spec: SidecarSpec, namespace: string): SidecarScope {
  // Without egress listeners everything stays visible.
  const listeners = spec.egress?.map((listener) => parseListener(listener, namespace));
  const outbound = spec.outboundTrafficPolicy;
  const seesPort: SidecarScope["seesPort"] = ({ namespace: owner, host }, port) => {
    if (listeners === undefined) return true;
    const listener = listeners.find((one) => one.port === port) ?? listeners.find((one) => one.port === undefined);
    return listener !== undefined && includes(listener, owner, host, coversHost);
  };
  return {
    seesPort,
    seesService: (service) => service.ports.some(({ number }) => seesPort(service, number)),
    seesVirtualService: (owner, hosts) =>
      listeners?.some((listener) => hosts.some((host) => includes(listener, owner, host, overlaps))) ?? true,
    // A block without a mode is protobuf's first value.
    outboundTrafficPolicy: outbound === undefined ? undefined : (outbound.mode ?? "REGISTRY_ONLY"),
  };
}

function parseListener({ port, hosts = [] }: EgressListener, namespace: string): Egress {
  const isExcluded = (host: string): boolean => host.startsWith("~") && !host.startsWith("~/");
  return {
    port: port?.number,
    included: hosts.filter((host) => !host.startsWith("~")).map((host) => parseHost(host, namespace)),
    excluded: hosts.filter(isExcluded).map((host) => parseHost(host.slice(1), namespace)),
  };
}

function parseHost(text: string, own: string): ScopedHost {
  const slash = text.indexOf("/");
  const namespace = slash < 0 ? "*" : text.slice(0, slash);
  return { namespace: namespace === "." ? own : namespace, host: text.slice(slash + 1).toLowerCase() };
}

/** Whether what a Sidecar names takes a host in. */
type Fits = (named: string, host: string) => boolean;

/** A VirtualService for a wildcard counts for the names under it too; a service has to lie in what is named. */
const overlaps: Fits = (named, host) => coversHost(named, host) || coversHost(host, named);

function includes({ included, excluded }: Egress, namespace: string, host: string, fits: Fits): boolean {
  const names = (scoped: ScopedHost): boolean => scoped.namespace === "*" || scoped.namespace === namespace;
  return (
    included.some((scoped) => names(scoped) && fits(scoped.host, host)) &&
    !excluded.some((scoped) => names(scoped) && coversHost(scoped.host, host))
  );
}
