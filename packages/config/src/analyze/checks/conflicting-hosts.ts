import { meshGateway, resolveGateways } from "../../policy/gateway-name.ts";
import { nameOf, namespaceOf } from "../../policy/resource-order.ts";
import type { Resource } from "../../resource.ts";
import type { VirtualServiceSpec } from "../../spec/virtual-service.ts";
import type { Check } from "../check.ts";
import { everyNamespace, exportScopes } from "../export-scopes.ts";
import { areSeveral, listNames } from "../resource-title.ts";

interface Claim {
  readonly resource: Resource<VirtualServiceSpec>;
  readonly path: string;
}

/** Hosts that several VirtualServices of the mesh have. On a Gateway they add up instead. */
export const conflictingHosts: Check = {
  name: "conflicting-hosts",
  description: "no two VirtualServices of the mesh have one host where both are seen",
  codes: ["IST0109"],
  onWrite: true,
  run(context, report) {
    /** By host, then by the namespace that sees it. */
    const claims = new Map<string, Map<string, Claim[]>>();
    for (const resource of context.ofKind("VirtualService")) {
      const namespace = namespaceOf(resource);
      if (!resolveGateways(resource.spec.gateways, namespace).includes(meshGateway)) continue;
      for (const [at, written] of (resource.spec.hosts ?? []).entries()) {
        const host = context.resolve(written, namespace);
        const scopes = claims.get(host) ?? new Map<string, Claim[]>();
        claims.set(host, scopes);
        for (const scope of exportScopes(resource.spec.exportTo, namespace)) {
          scopes.set(scope, [...(scopes.get(scope) ?? []), { resource, path: `spec.hosts[${at}]` }]);
        }
      }
    }
    const reported = new Set<string>();
    for (const [host, scopes] of claims) {
      const everywhere = scopes.get(everyNamespace) ?? [];
      for (const [scope, own] of scopes) {
        const rivals = scope === everyNamespace ? own : [...own, ...everywhere];
        if (!areSeveral(rivals.map(({ resource }) => resource))) continue;
        const names = listNames(rivals.map(({ resource }) => resource));
        for (const { resource, path } of rivals) {
          const key = `${nameOf(resource)} ${host}`;
          if (reported.has(key)) continue;
          reported.add(key);
          const message = `the VirtualServices ${names} all have the host ${host}: only one of them serves it; merge them`;
          report("IST0109", resource, path, message);
        }
      }
    }
  },
};
