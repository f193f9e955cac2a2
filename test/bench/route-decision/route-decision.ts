import { createMeshPolicy } from "@intramesh/config";
import { HeaderMap, seededRandom } from "@intramesh/core";
import { compileRouteTable, findRoute } from "@intramesh/routing";
import { liveHeapBytes } from "../config-scale/collect-garbage.ts";
import { nameOf, resourcesOfSize } from "../config-scale/resources-of-size.ts";
import { median, type Row } from "../row.ts";

const sizes = [10, 100, 1_000, 10_000];
const rules = 10;
/** Services that one process calls; more than that measures the processor's caches. A power of two. */
const called = 64;
const decisionsEach = 200_000;
const rounds = 9;

/** Figures of DESIGN 5, in microseconds: one VirtualService of ten rules, and 10,000 of them. */
const limitsUs: Readonly<Record<number, number>> = { 10: 0.5, 10000: 1 };

/** One decision among ten rules, the last of which applies, beside the same among ten VirtualServices only. */
export async function routeDecision(seed: number): Promise<readonly Row[]> {
  const figures = sizes.map((size) => ({ size, us: decisionUs(size, seed) }));
  const baseline = figures[0]!.us;
  return figures.map(({ size, us }): Row => {
    const limit = limitsUs[size];
    return {
      name: `decision among 10 rules, ${size} VirtualServices`,
      ours: us,
      baseline,
      ratio: us / baseline,
      unit: "us",
      atMost: Number.POSITIVE_INFINITY,
      ...(limit === undefined ? {} : { limit }),
    };
  });
}

function decisionUs(size: number, seed: number): number {
  const client = { namespace: "default", labels: {} };
  const policy = createMeshPolicy(resourcesOfSize(size, rules), client);
  const table = compileRouteTable(policy);
  const random = seededRandom(seed);
  const hosts = Array.from({ length: called }, () => nameOf(Math.floor(random() * size)));
  const headers = HeaderMap.from([
    ["accept", "*/*"],
    ["end-user", "jason"],
  ]);
  const view = {
    method: "GET",
    scheme: "http",
    authority: "shop",
    path: "/part-8/item?id=1",
    header: (name: string) => headers.get(name),
  };
  const round = (): number => {
    const startedAt = performance.now();
    let found = 0;
    for (let at = 0; at < decisionsEach; at += 1) {
      const host = table.find(hosts[at & (called - 1)]!, 80);
      if (host !== undefined && findRoute(host, view, 80) !== undefined) found += 1;
    }
    if (found !== decisionsEach) throw new Error(`${decisionsEach - found} requests found no route`);
    return ((performance.now() - startedAt) * 1_000) / decisionsEach;
  };
  round();
  liveHeapBytes();
  return median(Array.from({ length: rounds }, round));
}
