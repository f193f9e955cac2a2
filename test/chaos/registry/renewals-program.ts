import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRegistryProcess } from "./registry-process.ts";
import { measureRenewals } from "./renewals.ts";

/* `npm run renewals -w @intramesh/chaos`: what 10,000 instances cost a registry that renew every 10 s. */

const instances = 10_000;
const everyMs = 10_000;
const forMs = 30_000;

const data = mkdtempSync(join(tmpdir(), "intramesh-renewals-"));
const registry = await startRegistryProcess(data);
try {
  const figures = await measureRenewals(registry, instances, everyMs, forMs);
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await registry.kill();
  rmSync(data, { recursive: true, force: true });
}
