import { nameOf } from "../../policy/resource-order.ts";
import { hasLabels } from "../../policy/workloads.ts";
import type { GatewayTls } from "../../spec/gateway.ts";
import type { Check } from "../check.ts";
import { groupBy } from "../group-by.ts";
import { listNames } from "../resource-title.ts";

/** One certificate on several Gateways of the same workloads. */
export const gatewayCertificates: Check = {
  name: "gateway-certificates",
  description: "no two Gateways of the same workloads have one certificate",
  codes: ["IST0138"],
  onWrite: false,
  run(context, report) {
    const used = context.ofKind("Gateway").flatMap((resource) =>
      (resource.spec.servers ?? []).flatMap(({ tls }, at) => {
        const certificate = certificateOf(tls);
        return certificate === undefined ? [] : [{ resource, path: `spec.servers[${at}].tls`, certificate }];
      }),
    );
    for (const [certificate, group] of groupBy(used, (entry) => entry.certificate)) {
      for (const { resource, path } of group) {
        const others = group
          .map((other) => other.resource)
          // A selector that asks for more selects some of the same workloads.
          .filter(
            (other) =>
              nameOf(other) !== nameOf(resource) && hasLabels(other.spec.selector, resource.spec.selector ?? {}),
          );
        if (others.length === 0) continue;
        report(
          "IST0138",
          resource,
          path,
          `${certificate} is that of ${listNames(others)}, too: clients that reuse HTTP/2 connections get 404`,
        );
      }
    }
  },
};

function certificateOf(tls: GatewayTls | undefined): string | undefined {
  if (tls?.credentialName) return `credential "${tls.credentialName}"`;
  if (tls?.serverCertificate && tls.privateKey) return `certificate ${tls.serverCertificate} (${tls.privateKey})`;
  return undefined;
}
