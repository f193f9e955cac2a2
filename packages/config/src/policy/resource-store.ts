import type { Replacement } from "@intramesh/core";
import type { WrittenPolicy } from "../resilience-policy/written-policy.ts";
import type { Resource } from "../resource.ts";
import type { DestinationRuleSpec } from "../spec/destination-rule.ts";
import type { GatewaySpec } from "../spec/gateway.ts";
import type { ServiceEntrySpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import type { SidecarSpec } from "../spec/sidecar.ts";
import type { TelemetrySpec } from "../spec/telemetry.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import type { ResourceChanges, ResourceKey } from "./resource-changes.ts";
import { namespaceOf } from "./resource-order.ts";

/** The specs of the kinds that policies come from. */
export interface PolicySpecs {
  readonly VirtualService: VirtualServiceSpec;
  readonly DestinationRule: DestinationRuleSpec;
  readonly Service: ServiceSpec;
  readonly ServiceEntry: ServiceEntrySpec;
  readonly WorkloadEntry: WorkloadEntrySpec;
  readonly Sidecar: SidecarSpec;
  readonly Gateway: GatewaySpec;
  readonly ResiliencePolicy: WrittenPolicy;
  readonly Telemetry: TelemetrySpec;
}

type Kind = keyof PolicySpecs;
type Named<Value> = Map<string, Map<string, Value>>;

/** What changed, by kind; a resource is named once. */
export type Replaced = {
  readonly [Name in Kind]: readonly Replacement<Resource<PolicySpecs[Name]>>[];
};

const policyKinds: readonly Kind[] = [
  "VirtualService",
  "DestinationRule",
  "Service",
  "ServiceEntry",
  "WorkloadEntry",
  "Sidecar",
  "Gateway",
  "ResiliencePolicy",
  "Telemetry",
];

/** The resources that are there now, by kind, namespace and name. Other kinds than those that policies come from are passed over. */
export class ResourceStore {
  readonly #kinds: ReadonlyMap<string, Named<Resource>> = new Map(policyKinds.map((kind) => [kind, new Map()]));

  /** Of two with one name the later stands. */
  constructor(resources: Iterable<Resource> = []) {
    for (const resource of resources) this.#put(resource);
  }

  /** All of a kind, in the order in which they came. */
  *all<Name extends Kind>(kind: Name): Iterable<Resource<PolicySpecs[Name]>> {
    // A resource has been checked before it comes here: its kind says what its spec is.
    for (const byName of this.#kinds.get(kind)!.values())
      yield* byName.values() as Iterable<Resource<PolicySpecs[Name]>>;
  }

  /** Everything, as if it had all come just now. */
  everything(): Replaced {
    return replacedOf((kind) => [...this.all(kind)].map((after) => ({ before: undefined, after })));
  }

  /** Takes changes over and says what they replaced. */
  apply({ put, deleted }: ResourceChanges): Replaced {
    const before = new Map<string, { readonly key: ResourceKey; readonly resource: Resource | undefined }>();
    const remember = (key: ResourceKey): void => {
      const text = `${key.kind}/${key.namespace ?? "default"}/${key.name}`;
      if (!before.has(text)) before.set(text, { key, resource: this.#get(key) });
    };
    for (const key of deleted) {
      remember(key);
      this.#kinds
        .get(key.kind)
        ?.get(key.namespace ?? "default")
        ?.delete(key.name);
    }
    for (const resource of put) {
      remember({ kind: resource.kind, namespace: namespaceOf(resource), name: resource.metadata.name });
      this.#put(resource);
    }
    const changed = [...before.values()]
      .map(({ key, resource }) => ({ kind: key.kind, before: resource, after: this.#get(key) }))
      .filter((replacement) => replacement.before !== replacement.after);
    return replacedOf((kind) => changed.filter((replacement) => replacement.kind === kind));
  }

  #get({ kind, namespace, name }: ResourceKey): Resource | undefined {
    return this.#kinds
      .get(kind)
      ?.get(namespace ?? "default")
      ?.get(name);
  }

  #put(resource: Resource): void {
    const byNamespace = this.#kinds.get(resource.kind);
    if (byNamespace === undefined) return;
    const namespace = namespaceOf(resource);
    let byName = byNamespace.get(namespace);
    if (byName === undefined) {
      byName = new Map();
      byNamespace.set(namespace, byName);
    }
    byName.set(resource.metadata.name, resource);
  }
}

function replacedOf(of: (kind: Kind) => readonly Replacement<Resource>[]): Replaced {
  // Each kind's list holds resources of that kind.
  return Object.fromEntries(policyKinds.map((kind) => [kind, of(kind)])) as unknown as Replaced;
}
