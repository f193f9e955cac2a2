import type { Check } from "../check.ts";

/** TCP to a host is told by its address. */
export const serviceEntryAddresses: Check = {
  name: "service-entry-addresses",
  description: "ServiceEntries with TCP ports have addresses",
  codes: ["IST0134"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("ServiceEntry")) {
      if (resource.spec.addresses !== undefined || hasAllocated(resource.status)) continue;
      for (const [at, { number, protocol = "" }] of (resource.spec.ports ?? []).entries()) {
        if (protocol !== "" && protocol.toUpperCase() !== "TCP") continue;
        const spoken = protocol === "" ? "names no protocol, so that it is TCP" : "is TCP";
        report(
          "IST0134",
          resource,
          `spec.ports[${at}]`,
          `port ${number} ${spoken}: without addresses its connections cannot be told from others`,
        );
      }
    }
  },
};

/** Addresses that a controller has given the hosts of a ServiceEntry. */
function hasAllocated(status: unknown): boolean {
  if (typeof status !== "object" || status === null || !("addresses" in status)) return false;
  return Array.isArray(status.addresses) && status.addresses.length > 0;
}
