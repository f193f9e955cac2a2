import { findKind, type KindInfo, type Resource, resolveHost } from "@intramesh/config";
import type { RegistryState } from "../state/registry-state.ts";
import type { StoredObject } from "../state/stored-object.ts";

/** Kinds that are found by the hosts that they have. */
export type HostedKind = "VirtualService" | "DestinationRule" | "ServiceEntry";

/** Finds resources by their hosts, without looking at all of them. */
export interface HostIndex {
  /** Those that have this full host; with `wildcards` those too that have a wildcard which covers it. */
  find(kind: HostedKind, host: string, wildcards: boolean): Iterable<StoredObject>;
}

type ByHost = Map<string, Set<StoredObject>>;

/** Follows a state for as long as that lives. Nothing is indexed before the first question. */
export function createHostIndex(state: RegistryState): HostIndex {
  const byKind = new Map<KindInfo, ByHost>();
  const indexOf = (info: KindInfo): ByHost => {
    let index = byKind.get(info);
    if (index === undefined) {
      index = new Map();
      for (const object of state.ofKind(info)) add(index, object);
      byKind.set(info, index);
    }
    return index;
  };
  state.onChange((changes) => {
    for (const { type, object, previous } of changes) {
      const index = byKind.get(object.info);
      if (index === undefined) continue;
      if (previous !== undefined) remove(index, previous);
      if (type !== "DELETED") add(index, object);
    }
  });
  return {
    *find(kind, host, wildcards) {
      const index = indexOf(findKind(kind)!);
      yield* index.get(host) ?? [];
      if (!wildcards) return;
      for (const pattern of patternsOf(host)) if (pattern !== host) yield* index.get(pattern) ?? [];
    },
  };
}

function add(index: ByHost, object: StoredObject): void {
  for (const host of hostsOf(object.resource)) {
    const known = index.get(host);
    if (known === undefined) index.set(host, new Set([object]));
    else known.add(object);
  }
}

function remove(index: ByHost, object: StoredObject): void {
  for (const host of hostsOf(object.resource)) {
    const known = index.get(host);
    known?.delete(object);
    if (known?.size === 0) index.delete(host);
  }
}

/** Full hosts of a resource that has any. What is stored has been checked: the fields are what their kinds say. */
function hostsOf({ spec, metadata }: Resource): readonly string[] {
  const { hosts, host } = spec as { readonly hosts?: readonly string[]; readonly host?: string };
  return (hosts ?? (host === undefined ? [] : [host])).map((name) => resolveHost(name, metadata.namespace ?? ""));
}

/** Every wildcard that covers a host: `*.b.c`, `*.c`, `*` for `a.b.c`. */
function* patternsOf(host: string): Generator<string> {
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) yield `*${host.slice(dot)}`;
  yield "*";
}
