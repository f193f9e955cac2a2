import { createPolicyBuilder, type PolicyBuilder, type Resource, type ResourceChanges } from "@intramesh/config";
import type { MeshPolicy } from "@intramesh/core";
import { compileRouteTable, type RouteTable } from "@intramesh/routing";
import { median, type Row } from "../row.ts";
import { liveHeapBytes } from "./collect-garbage.ts";
import { changesThroughMesh } from "./mesh-changes.ts";
import { type NamedChange, oneChanges, rulesEach } from "./one-changes.ts";
import { nameOf, resourcesOfSize } from "./resources-of-size.ts";

const sizes = [10, 100, 1_000, 10_000];
const compileRounds = 5;
const client = { namespace: "default", labels: { app: "client" } };
const largest = Math.max(...sizes);

interface Compiled {
  readonly builder: PolicyBuilder;
  readonly policy: MeshPolicy;
  readonly table: RouteTable;
}

/** What a state costs to compile and to keep, and what one change costs after that, beside the smallest state. */
export async function configScale(): Promise<readonly Row[]> {
  const measured = sizes.map(measure);
  const first = measured[0]!;
  const rows = measured.flatMap(({ size, figures }) =>
    figures.map(({ name, value, unit, limit }, at): Row => {
      const baseline = first.figures[at]!.value;
      const isLimited = size === largest && limit !== undefined;
      return {
        name: `${name}, ${size} VirtualServices`,
        ours: value,
        baseline,
        ratio: value / baseline,
        unit,
        atMost: Number.POSITIVE_INFINITY,
        ...(isLimited ? { limit } : {}),
      };
    }),
  );
  return [...rows, ...(await changesThroughMesh(largest))];
}

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
}

function measure(size: number): { readonly size: number; readonly figures: readonly Figure[] } {
  const compileMs = median(Array.from({ length: compileRounds }, () => compileFresh(size)));
  const before = liveHeapBytes();
  const compiled = compile(resourcesOfSize(size, rulesEach));
  const heapMb = (liveHeapBytes() - before) / 1e6;
  askForAll(compiled, size);
  const fullHeapMb = (liveHeapBytes() - before) / 1e6;
  const changes = oneChanges(size).map((change) => changeFigure(compiled, change));
  return {
    size,
    figures: [
      { name: "compile, all routes and endpoints", value: compileMs, unit: "ms", limit: 1_500 },
      { name: "heap, resources included, nothing asked for", value: heapMb, unit: "MB", limit: 150 },
      { name: "heap with all routes and endpoints", value: fullHeapMb, unit: "MB" },
      ...changes,
    ],
  };
}

/** Milliseconds for resources that nothing is remembered of, all that is made when first asked for included. */
function compileFresh(size: number): number {
  const resources = resourcesOfSize(size, rulesEach);
  return timed(() => askForAll(compile(resources), size));
}

function compile(resources: readonly Resource[]): Compiled {
  const builder = createPolicyBuilder(client);
  const { policy } = builder.update({ resources });
  return { builder, policy, table: compileRouteTable(policy) };
}

function askForAll({ policy, table }: Compiled, size: number): void {
  for (let at = 0; at < size; at += 1) ask(policy, table, `${nameOf(at)}.default.svc.cluster.local`);
}

function ask(policy: MeshPolicy, table: RouteTable, host: string): void {
  table.find(host, 80);
  for (const subset of [undefined, "v1"]) {
    const cluster = policy.cluster({ host, port: 80, subset });
    if (cluster !== undefined) policy.endpoints(cluster);
  }
}

/** A change is handed over, and what it touches asked for. */
function changeFigure({ builder, ...start }: Compiled, { name, steps, host }: NamedChange): Figure {
  let table = start.table;
  const ms = steps.map((changes: ResourceChanges) =>
    timed(() => {
      const { policy, change } = builder.update({ resources: [], changes });
      table = table.next(policy, change);
      ask(policy, table, host);
    }),
  );
  return { name: `one change: ${name}`, value: median(ms), unit: "ms", limit: 2 };
}

function timed(run: () => unknown): number {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
}
