import type { Check } from "../check.ts";

/** Instances that only their own host can reach, in a mesh of several hosts. */
export const loopbackInstances: Check = {
  name: "loopback-instances",
  description: "no instance is registered under a loopback address where others are on other hosts",
  codes: ["IST0143"],
  onWrite: false,
  run(context, report) {
    const entries = context.ofKind("WorkloadEntry");
    const elsewhere = entries.find(({ spec }) => spec.address && !isLoopback(spec.address));
    if (elsewhere === undefined) return;
    for (const resource of entries) {
      const { address } = resource.spec;
      if (address === undefined || !isLoopback(address)) continue;
      const message = `${address} is reached from its own host only, and ${elsewhere.metadata.name} is at ${elsewhere.spec.address}`;
      report("IST0143", resource, "spec.address", message);
    }
  },
};

function isLoopback(address: string): boolean {
  return address === "::1" || address.toLowerCase() === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(address);
}
