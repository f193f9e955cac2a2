import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "@intramesh/core";
import { createRandomWriter, readHeld } from "./random-writer.ts";
import { startRegistryProcess } from "./registry-process.ts";

/** What so many kills came to. */
export interface KillReport {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged writes that were not there afterwards, each with the round. */
  readonly lost: readonly string[];
  /** Resources that were there in part. */
  readonly torn: readonly string[];
  /** Rounds in which the history was not gone on with: clients would have to start over. */
  readonly newHistories: number;
  /** From the start of the process to its first answer, ms. */
  readonly slowestStartMs: number;
}

const writers = 8;

/** The load goes on for up to so long before the kill, ms. */
const longestLoadMs = 150;

/**
 * Kills a registry under write load `kills` times, at random moments, and looks each time for what is there afterwards.
 * `onRound` is told how many kills there were so far, and how many findings.
 */
export async function killRounds(
  data: string,
  kills: number,
  seed: number,
  onRound: (kills: number, findings: number) => void = () => {},
): Promise<KillReport> {
  const random = seededRandom(seed);
  const all = Array.from({ length: writers }, (_, writer) => createRandomWriter(writer, random));
  const [lost, torn]: [string[], string[]] = [[], []];
  let slowestStartMs = 0;
  let newHistories = -1;
  let epoch = "";
  for (let round = 0; round <= kills; round++) {
    const startedAt = performance.now();
    const registry = await startRegistryProcess(data);
    slowestStartMs = Math.max(slowestStartMs, performance.now() - startedAt);
    try {
      const known = await epochOf(registry.url);
      if (known !== epoch) newHistories += 1;
      epoch = known;
      const held = await readHeld(registry.url);
      torn.push(...held.torn.map((name) => `round ${round}: ${name}`));
      for (const { possible, settle } of all) {
        for (const [name, versions] of possible) {
          const version = held.versions.get(name);
          if (!versions.includes(version))
            lost.push(`round ${round}: ${name} is ${version}, not ${versions.join(" or ")}`);
          settle(name, version);
        }
      }
      onRound(round, lost.length + torn.length + newHistories);
      if (round === kills) break;
      const writing = Promise.all(all.map((writer) => writer.run(registry.url)));
      await delay(random() * longestLoadMs);
      await registry.kill();
      await writing;
    } finally {
      await registry.kill();
    }
  }
  const acknowledged = all.reduce((sum, writer) => sum + writer.acknowledged, 0);
  return { kills, acknowledged, lost, torn, newHistories, slowestStartMs };
}

async function epochOf(url: string): Promise<string> {
  const ending = new AbortController();
  const response = await fetch(`${url}/mesh/v1/watch`, { signal: ending.signal });
  ending.abort();
  return response.headers.get("x-intramesh-epoch") ?? "";
}
