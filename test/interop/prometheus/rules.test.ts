import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { deployFolder, skipWithoutPrometheus, tool } from "./prometheus-tool.ts";

const folder = join(deployFolder, "prometheus");

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[];
}

async function promtool(...words: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(tool("promtool"), words, { cwd: folder, timeout: 60_000 });
  return stdout + stderr;
}

describe("what deploy/prometheus holds", { skip: skipWithoutPrometheus, timeout: 120_000 }, () => {
  it("is a configuration that Prometheus takes, with its rules", async () => {
    assert.match(await promtool("check", "config", "prometheus.yml"), /is valid prometheus config file syntax/);
  });

  it("alerts as its unit tests say", async () => {
    assert.match(await promtool("test", "rules", "alerts_test.yml"), /SUCCESS/);
  });

  it("has a unit test for each alert", () => {
    const { groups } = parse(readFileSync(join(folder, "alerts.yml"), "utf8")) as RuleFile;
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    const tests = readFileSync(join(folder, "alerts_test.yml"), "utf8");
    assert.deepEqual(
      alerts.filter((alert) => !tests.includes(alert)),
      [],
    );
  });
});
