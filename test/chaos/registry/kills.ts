import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killRounds } from "./kill-rounds.ts";

/*
 * `npm run kills -w @intramesh/chaos -- 1000`: kills a registry under write load that many times and prints what it came to.
 */

const kills = Number(process.argv[2] ?? 1_000);
const seed = Math.floor(Number(process.env["INTRAMESH_SEED"] ?? Math.random() * 2 ** 32));
const data = mkdtempSync(join(tmpdir(), "intramesh-kills-"));
process.stdout.write(`INTRAMESH_SEED=${seed}\n`);
try {
  const report = await killRounds(data, kills, seed, (done, findings) => {
    if (done % 50 === 0) process.stdout.write(`${done} kills, ${findings} findings\n`);
  });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.lost.length + report.torn.length + report.newHistories === 0 ? 0 : 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
