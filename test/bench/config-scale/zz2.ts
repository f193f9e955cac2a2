import { Session } from "node:inspector/promises";
import { createPolicyBuilder } from "@intramesh/config";
import { compileRouteTable } from "@intramesh/routing";
import { liveHeapBytes } from "./collect-garbage.ts";
import { rulesEach } from "./one-changes.ts";
import { nameOf, resourcesOfSize } from "./resources-of-size.ts";

const size = 10_000;
const resources = resourcesOfSize(size, rulesEach);
const session = new Session();
session.connect();
await session.post("HeapProfiler.startSampling", { samplingInterval: 8192 });
const builder = createPolicyBuilder({ namespace: "default", labels: { app: "client" } });
const { policy } = builder.update({ resources });
const table = compileRouteTable(policy);
const host = (at: number) => `${nameOf(at)}.default.svc.cluster.local`;
for (let at = 0; at < size; at++) table.find(host(at), 80);
for (let at = 0; at < size; at++)
  for (const subset of [undefined, "v1"]) {
    const c = policy.cluster({ host: host(at), port: 80, subset });
    if (c) policy.endpoints(c);
  }
liveHeapBytes();
const { profile } = await session.post("HeapProfiler.stopSampling");
const sums = new Map<string, number>();
const walk = (n: any) => {
  const k = `${n.callFrame.functionName} ${n.callFrame.url.split("/").slice(-2).join("/")}:${n.callFrame.lineNumber + 1}`;
  sums.set(k, (sums.get(k) ?? 0) + n.selfSize);
  n.children.forEach(walk);
};
walk(profile.head);
for (const [k, v] of [...sums].sort((a, b) => b[1] - a[1]).slice(0, 32)) console.log((v / 1e6).toFixed(1), k);
if (resources.length < 0) console.log(builder, table);
