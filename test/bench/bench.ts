import { requestOverhead } from "./request-overhead/request-overhead.ts";
import type { Row } from "./row.ts";

/** `npm run bench -- NAME… [--json]`: runs benchmarks and prints their rows. */
const benchmarks: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  "request-overhead": requestOverhead,
};

const words = process.argv.slice(2);
const asJson = words.includes("--json");
const names = words.filter((word) => !word.startsWith("--"));

for (const name of names.length === 0 ? Object.keys(benchmarks) : names) {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) {
    console.error(`no benchmark is called "${name}"; there are: ${Object.keys(benchmarks).join(", ")}`);
    process.exitCode = 2;
    continue;
  }
  const rows = await benchmark();
  if (asJson)
    for (const { name, ours, baseline, ratio } of rows) console.log(JSON.stringify({ name, ours, baseline, ratio }));
  else print(name, rows);
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const lines = [
    ["what", "ours", "baseline", "ratio", "figure"],
    ...rows.map(({ name, ours, baseline, ratio, unit, atMost }) => [
      name,
      `${ours.toFixed(2)} ${unit}`,
      `${baseline.toFixed(2)} ${unit}`,
      `${ratio.toFixed(3)} x`,
      `<= ${atMost} x ${ratio <= atMost ? "reached" : "MISSED"}`,
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines) console.log(line.map((cell, column) => cell.padEnd(widths[column]!)).join("   "));
}
