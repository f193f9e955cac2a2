import type { MeshPolicy, Replacement, ServicePolicy, TelemetryPolicy, VirtualHostPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { DestinationRules, hostOfRule } from "./destination-rules.ts";
import { meshGateway, resolveGateway } from "./gateway-name.ts";
import { gatewayVirtualHosts } from "./gateway-virtual-hosts.ts";
import { resolveHost } from "./host-name.ts";
import type { MeshClient } from "./mesh-client.ts";
import type { MeshSettings } from "./mesh-settings.ts";
import { hostsOf } from "./mesh-virtual-hosts.ts";
import type { PolicyUpdate } from "./policy-update.ts";
import { createPolicyVersion, type PolicyVersion } from "./policy-version.ts";
import { createResiliencePolicies } from "./resilience-policies.ts";
import type { ResourceChanges } from "./resource-changes.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { Replaced, ResourceStore } from "./resource-store.ts";
import { destinationHosts, RuleList } from "./rule-list.ts";
import { ServiceDirectory } from "./service-directory.ts";
import { findSidecarScope, type SidecarScope } from "./sidecar-scope.ts";
import { mergeTelemetry } from "./telemetry/merge-telemetry.ts";
import { TouchedHosts } from "./touched-hosts.ts";
import { rankFor } from "./virtual-service-order.ts";
import { WorkloadReach } from "./workload-reach.ts";

type VirtualService = Resource<VirtualServiceSpec>;

/**
 * Everything known of one state of the resources, brought from change to change. What it hands out is made of
 * versions, which stay as they are.
 */
export class PolicyState {
  readonly store: ResourceStore;
  readonly #client: MeshClient;
  readonly #mesh: MeshSettings;
  readonly #gateway: string;
  readonly #scope: SidecarScope | undefined;
  readonly #reach: WorkloadReach;
  readonly #services: ServiceDirectory;
  readonly #ruleList: RuleList;
  #destinationRules: DestinationRules;
  #telemetry: TelemetryPolicy | undefined;
  #policy: MeshPolicy;

  constructor(store: ResourceStore, client: MeshClient, mesh: MeshSettings) {
    const { namespace, gateway } = client;
    this.store = store;
    this.#client = client;
    this.#mesh = mesh;
    this.#gateway = gateway === undefined ? meshGateway : resolveGateway(gateway, namespace);
    this.#scope = findSidecarScope([...store.all("Sidecar")], client, mesh.rootNamespace);
    this.#reach = new WorkloadReach(store, mesh.domain);
    this.#services = new ServiceDirectory({ namespace, domain: mesh.domain }, this.#visibility());
    this.#ruleList = new RuleList(mesh.domain, (resource) => this.#rankOf(resource));
    this.#destinationRules = new DestinationRules(client, mesh);
    this.#policy = this.#take(store.everything()).policy;
  }

  /** The policy of the resources as they are now. */
  get policy(): MeshPolicy {
    return this.#policy;
  }

  /** Takes changes over. Undefined where so much may depend on them that a new state has to be made of the store. */
  advance(changes: ResourceChanges): PolicyUpdate | undefined {
    const replaced = this.store.apply(changes);
    // What rules that a Sidecar leaves in sight send to is in sight with them.
    const isLimited = this.#scope !== undefined && replaced.VirtualService.length > 0;
    if (isLimited || replaced.Sidecar.length > 0 || this.#gateway !== meshGateway) return undefined;
    const since = this.#policy;
    const { policy, services, virtualHosts, touched } = this.#take(replaced);
    this.#policy = policy;
    return { policy, change: { since, services, virtualHosts, touches: (host) => touched.covers(host) } };
  }

  #take(replaced: Replaced): {
    readonly policy: MeshPolicy;
    readonly services: readonly Replacement<ServicePolicy>[];
    readonly virtualHosts: readonly Replacement<VirtualHostPolicy>[];
    readonly touched: TouchedHosts;
  } {
    const touched = new TouchedHosts();
    const workloads = this.#reach.update(replaced);
    const services = this.#services.update(replaced, workloads);
    for (const { before, after } of services) touched.add((after ?? before)!.host);
    this.#destinationRules = this.#destinationRules.with(replaced.DestinationRule);
    for (const rule of eachOf(replaced.DestinationRule)) touched.add(hostOfRule(rule, this.#mesh.domain));
    if (replaced.Telemetry.length > 0) this.#telemetry = undefined;
    const version = this.#version(workloads);
    // Rules depend on clusters, not on who is behind them.
    const virtualHosts = this.#ruleList.update(replaced.VirtualService, touched, version.context);
    for (const host of this.#reach.reachedBy(replaced.WorkloadEntry)) touched.add(host);
    for (const rule of eachOf(replaced.ResiliencePolicy)) {
      touched.add(resolveHost(rule.spec.host ?? "", namespaceOf(rule), this.#mesh.domain));
    }
    return { policy: version.complete(this.#virtualHosts(version)), services, virtualHosts, touched };
  }

  #version(workloads: ReturnType<WorkloadReach["update"]>): PolicyVersion {
    const { namespace } = this.#client;
    const { rootNamespace, domain, outboundTrafficPolicy } = this.#mesh;
    const services = this.#services.catalog;
    this.#telemetry ??= mergeTelemetry([...this.store.all("Telemetry")], this.#client, this.#mesh);
    return createPolicyVersion({
      client: this.#client,
      mesh: this.#mesh,
      gateway: this.#gateway,
      outboundTrafficPolicy: this.#scope?.outboundTrafficPolicy ?? outboundTrafficPolicy,
      services,
      isCallable: this.#scope?.seesPort,
      rules: this.#destinationRules,
      workloads,
      resilience: createResiliencePolicies([...this.store.all("ResiliencePolicy")], {
        clientNamespace: namespace,
        rootNamespace,
        domain,
        serviceNamespace: (host) => services.find(host)?.policy.namespace,
      }),
      telemetry: this.#telemetry,
    });
  }

  #virtualHosts({ context }: PolicyVersion): MeshPolicy["virtualHosts"] {
    if (this.#gateway === meshGateway) return this.#ruleList.virtualHosts;
    for (const served of this.store.all("Gateway")) {
      if (nameOf(served) !== this.#gateway) continue;
      return gatewayVirtualHosts(served, this.#ruleList.ordered, context, this.#ruleList.translate);
    }
    return [];
  }

  #visibility(): (service: ServicePolicy) => boolean {
    const scope = this.#scope;
    if (scope === undefined) return () => true;
    const all = [...this.store.all("VirtualService")];
    const roots = all.filter((resource) => this.#rankOf(resource) !== undefined);
    const byName = new Map(all.map((resource) => [nameOf(resource), resource]));
    const imported = destinationHosts(roots, byName, this.#mesh.domain);
    return (service) => scope.seesService(service) || imported.has(service.host);
  }

  #rankOf(resource: VirtualService): number | undefined {
    const rank = rankFor(resource, this.#client.namespace, this.#gateway);
    if (rank === undefined || this.#scope === undefined) return rank;
    const hosts = hostsOf(resource, this.#mesh.domain);
    return this.#scope.seesVirtualService(namespaceOf(resource), hosts) ? rank : undefined;
  }
}

function* eachOf<Value>(replaced: readonly Replacement<Value>[]): Iterable<Value> {
  for (const { before, after } of replaced) {
    if (before !== undefined) yield before;
    if (after !== undefined) yield after;
  }
}
