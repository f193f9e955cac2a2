import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { killRounds } from "./kill-rounds.ts";

test("40 kills -9 under write load lose no acknowledged write, tear none, and go on with the history (row 3)", async (t) => {
  const seed = Math.floor(Number(process.env["INTRAMESH_SEED"] ?? Math.random() * 2 ** 32));
  t.diagnostic(`INTRAMESH_SEED=${seed}`);
  const data = mkdtempSync(join(tmpdir(), "intramesh-kills-"));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const report = await killRounds(data, 40, seed);
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual([report.lost, report.torn, report.newHistories], [[], [], 0]);
  assert.ok(report.acknowledged > 40);
});
