import { meshGateway, resolveGateway } from "../../policy/gateway-name.ts";
import { namespaceOf } from "../../policy/resource-order.ts";
import { hasLabels } from "../../policy/workloads.ts";
import type { Resource } from "../../resource.ts";
import type { GatewaySpec } from "../../spec/gateway.ts";
import type { VirtualServiceSpec } from "../../spec/virtual-service.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check } from "../check.ts";

/** Start of the header names that stand for claims of a token. */
const claimPrefix = "@request.auth.claims";

/** Routing by claims needs somebody to look at the token before. */
export const jwtClaimRoutes: Check = {
  name: "jwt-claim-routes",
  description: "Gateways whose rules look at a token's claims have a RequestAuthentication",
  codes: ["IST0149"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      const found = findClaim(resource.spec);
      if (found === undefined) continue;
      for (const written of resource.spec.gateways ?? []) {
        const name = resolveGateway(written, namespaceOf(resource));
        const gateway = name === meshGateway ? undefined : context.find("Gateway", name);
        if (gateway === undefined || isCovered(gateway, context)) continue;
        const message = `"${found.key}" is known only where a RequestAuthentication covers Gateway ${name}: none does`;
        report("IST0149", resource, found.path, message);
      }
    }
  },
};

function findClaim({ http = [] }: VirtualServiceSpec): { readonly path: string; readonly key: string } | undefined {
  for (const [at, { match = [] }] of http.entries()) {
    for (const [position, entry] of match.entries()) {
      for (const field of ["headers", "withoutHeaders"] as const) {
        const key = Object.keys(entry[field] ?? {}).find((name) => name.toLowerCase().startsWith(claimPrefix));
        if (key !== undefined) return { path: `spec.http[${at}].match[${position}].${field}[${key}]`, key };
      }
    }
  }
  return undefined;
}

/** The Gateway's selector stands for the labels of its workloads: Gateways take workloads of every namespace. */
function isCovered(gateway: Resource<GatewaySpec>, context: AnalysisContext): boolean {
  const namespaces = [namespaceOf(gateway), context.mesh.rootNamespace];
  return context.ofKind("RequestAuthentication").some((resource) => {
    const { selector, targetRef, targetRefs = [] } = resource.spec;
    if (!namespaces.includes(namespaceOf(resource))) return false;
    const targets = targetRef === undefined ? targetRefs : [targetRef, ...targetRefs];
    if (targets.length > 0) {
      return targets.some(({ kind, name }) => kind === "Gateway" && name === gateway.metadata.name);
    }
    return hasLabels(gateway.spec.selector, selector?.matchLabels ?? {});
  });
}
