import { meshGateway, resolveGateway } from "../../policy/gateway-name.ts";
import { coversHost } from "../../policy/host-name.ts";
import { namespaceOf } from "../../policy/resource-order.ts";
import type { Resource } from "../../resource.ts";
import type { GatewaySpec } from "../../spec/gateway.ts";
import type { VirtualServiceSpec } from "../../spec/virtual-service.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check, Report } from "../check.ts";

type VirtualService = Resource<VirtualServiceSpec>;

/** Gateways that VirtualServices name. */
export const gatewayReferences: Check = {
  name: "gateway-references",
  description: "Gateways that VirtualServices name exist and serve one of their hosts",
  codes: ["IST0101", "IST0132"],
  onWrite: true,
  run(context, report) {
    const isKnowable = context.isComplete || describesMesh(context);
    for (const resource of context.ofKind("VirtualService")) {
      const namespace = namespaceOf(resource);
      for (const [at, written] of (resource.spec.gateways ?? []).entries()) {
        if (written === meshGateway) continue;
        const name = resolveGateway(written, namespace);
        const gateway = context.find("Gateway", name);
        const path = `spec.gateways[${at}]`;
        if (gateway !== undefined) checkHosts(resource, gateway, path, context, report);
        else if (isKnowable) {
          report("IST0101", resource, path, `Gateway ${name} does not exist: no request comes in by it`);
        }
      }
      checkMatches(resource, context, isKnowable, report);
    }
  },
};

/** A file with nothing but rules says nothing of what is around them. */
function describesMesh(context: AnalysisContext): boolean {
  return (["Gateway", "Service", "ServiceEntry", "WorkloadEntry"] as const).some(
    (kind) => context.ofKind(kind).length > 0,
  );
}

function checkHosts(
  resource: VirtualService,
  gateway: Resource<GatewaySpec>,
  path: string,
  context: AnalysisContext,
  report: Report,
): void {
  const own = namespaceOf(resource);
  const hosts = (resource.spec.hosts ?? []).map((host) => context.resolve(host, own));
  const served = (gateway.spec.servers ?? [])
    .flatMap((server) => server.hosts ?? [])
    .filter((host) => isFor(host, own, namespaceOf(gateway)))
    .map((host) => host.slice(host.indexOf("/") + 1).toLowerCase());
  const isServed = hosts.some((host) => served.some((other) => coversHost(other, host) || coversHost(host, other)));
  if (isServed || hosts.length === 0) return;
  const known = served.length === 0 ? `serves no host for namespace ${own}` : `serves ${served.join(", ")}`;
  const message = `Gateway ${namespaceOf(gateway)}/${gateway.metadata.name} has none of ${hosts.join(", ")}: it ${known}`;
  report("IST0132", resource, path, message);
}

/** Whether a server's `[namespace/]host` takes VirtualServices of a namespace. */
function isFor(host: string, namespace: string, gatewayNamespace: string): boolean {
  const slash = host.indexOf("/");
  const scope = slash < 0 ? "*" : host.slice(0, slash);
  return scope === "*" || (scope === "." ? gatewayNamespace : scope) === namespace;
}

function checkMatches(resource: VirtualService, context: AnalysisContext, isKnowable: boolean, report: Report): void {
  if (!isKnowable) return;
  const namespace = namespaceOf(resource);
  for (const protocol of ["http", "tls", "tcp"] as const) {
    for (const [at, { match = [] }] of (resource.spec[protocol] ?? []).entries()) {
      for (const [position, { gateways = [] }] of match.entries()) {
        for (const [index, written] of gateways.entries()) {
          const name = resolveGateway(written, namespace);
          if (name === meshGateway || context.find("Gateway", name) !== undefined) continue;
          const path = `spec.${protocol}[${at}].match[${position}].gateways[${index}]`;
          report("IST0101", resource, path, `Gateway ${name} does not exist: nothing matches by it`);
        }
      }
    }
  }
}
