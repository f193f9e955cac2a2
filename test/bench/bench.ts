import { configScale } from "./config-scale/config-scale.ts";
import { halfDown } from "./half-down/half-down.ts";
import { metricsCost } from "./metrics-cost/metrics-cost.ts";
import { pick } from "./pick/pick.ts";
import { registryScale } from "./registry-scale/registry-scale.ts";
import { requestOverhead } from "./request-overhead/request-overhead.ts";
import { routeDecision } from "./route-decision/route-decision.ts";
import type { Row } from "./row.ts";
import { simulation } from "./simulation/simulation.ts";
import { startup } from "./startup/startup.ts";
import { printColumns, type Table } from "./table.ts";

/** `npm run bench -- NAME… [--json] [--seed=N]`: runs benchmarks and prints their rows. */
const benchmarks: Readonly<Record<string, (seed: number) => Promise<readonly Row[] | Table>>> = {
  "request-overhead": requestOverhead,
  "half-down": halfDown,
  "metrics-cost": metricsCost,
  pick,
  "route-decision": routeDecision,
  "config-scale": configScale,
  "registry-scale": registryScale,
  startup,
  simulation,
};

const words = process.argv.slice(2);
const seed = Number(words.find((word) => word.startsWith("--seed="))?.slice("--seed=".length) ?? 1);
const asJson = words.includes("--json");
const names = words.filter((word) => !word.startsWith("--"));

for (const name of names.length === 0 ? Object.keys(benchmarks) : names) {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) {
    console.error(`no benchmark is called "${name}"; there are: ${Object.keys(benchmarks).join(", ")}`);
    process.exitCode = 2;
    continue;
  }
  const rows = await benchmark(seed);
  if ("kind" in rows) printTable(name, rows);
  else if (asJson)
    for (const { name, ours, baseline, ratio, limit } of rows)
      console.log(JSON.stringify({ name, ours, baseline, ratio, limit }));
  else print(name, rows);
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const lines = [
    ["what", "ours", "baseline", "ratio", "figure"],
    ...rows.map((row) => [
      row.name,
      `${row.ours.toFixed(2)} ${row.unit}`,
      `${row.baseline.toFixed(2)} ${row.unit}`,
      `${row.ratio.toFixed(3)} x`,
      figureOf(row),
    ]),
  ];
  printColumns(lines);
}

function figureOf({ ours, ratio, unit, atMost, limit }: Row): string {
  const figures = [
    ...(Number.isFinite(atMost) ? [`<= ${atMost} x ${ratio <= atMost ? "reached" : "MISSED"}`] : []),
    ...(limit === undefined ? [] : [`<= ${limit} ${unit} ${ours <= limit ? "reached" : "MISSED"}`]),
  ];
  return figures.join(", ");
}

function printTable(title: string, { lines, notes }: Table): void {
  const [head = [], ...rest] = lines;
  if (asJson) {
    for (const line of rest)
      console.log(JSON.stringify(Object.fromEntries(head.map((column, at) => [column, line[at]]))));
    return;
  }
  console.log(`\n${title}`);
  printColumns(lines);
  for (const note of notes) console.log(note);
}
