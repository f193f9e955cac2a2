import { createPolicyBuilder } from "@intramesh/config";
import { compileRouteTable } from "@intramesh/routing";
import { liveHeapBytes } from "./collect-garbage.ts";
import { rulesEach } from "./one-changes.ts";
import { nameOf, resourcesOfSize } from "./resources-of-size.ts";

const size = 10_000;
const b0 = liveHeapBytes();
const mb = () => ((liveHeapBytes() - b0) / 1e6).toFixed(1);
const resources = resourcesOfSize(size, rulesEach);
console.log("resources", mb(), resources.length);
const builder = createPolicyBuilder({ namespace: "default", labels: { app: "client" } });
const { policy } = builder.update({ resources });
console.log("policy", mb());
const table = compileRouteTable(policy);
console.log("table", mb());
const keep: unknown[] = [];
const host = (at: number) => `${nameOf(at)}.default.svc.cluster.local`;
for (let at = 0; at < size; at++) keep.push(policy.virtualHosts[at]?.routes.length);
console.log("virtual hosts' policies", mb());
for (let at = 0; at < size; at++) table.find(host(at), 80);
console.log("compiled routes", mb());
for (let at = 0; at < size; at++)
  for (const subset of [undefined, "v1"]) policy.cluster({ host: host(at), port: 80, subset });
console.log("clusters", mb());
for (let at = 0; at < size; at++)
  for (const subset of [undefined, "v1"]) {
    const c = policy.cluster({ host: host(at), port: 80, subset });
    if (c) policy.endpoints(c);
  }
console.log("endpoints", mb());
if (keep.length + resources.length < 0) console.log(builder, table);
console.log(policy.virtualHosts[0]?.routes[0]);
console.dir(policy.cluster({ host: host(0), port: 80, subset: "v1" }), { depth: 4 });
