import { changesBetween } from "./changes.ts";
import { type Fate, fatesOf } from "./fate.ts";
import { movesBetween } from "./moves.ts";
import type { Replayed } from "./replay.ts";

/** Calls of one host that go elsewhere. */
export interface MovedCalls {
  readonly from: Fate;
  readonly to: Fate;
  /** Of the host's calls, 0 to 100. */
  readonly percent: number;
  /** One of them. */
  readonly sample: Replayed;
}

/** Calls of one host for which the same settings change. */
export interface ChangedCalls {
  /** `timeout 3s → none`, one for each setting. */
  readonly what: readonly string[];
  readonly calls: number;
  /** One of them. */
  readonly sample: Replayed;
}

/** What would become of the calls of one host. */
export interface HostSummary {
  /** As the mesh knows it, else as it was called. */
  readonly host: string;
  readonly calls: number;
  /** The greatest first. */
  readonly moved: readonly MovedCalls[];
  readonly changed: readonly ChangedCalls[];
  /** Calls that match no rule after the change. */
  readonly noRoute: number;
  /** Calls that go to a host, subset or port that does not exist after the change; a part of a call where it is one of several. */
  readonly noDestination: number;
  /** How many of both it is more than before, summed call by call. */
  readonly lost: number;
}

/** Sums a replay up, host by host; the host with the most calls first. */
export function summarize(requests: readonly Replayed[]): readonly HostSummary[] {
  const byHost = new Map<string, Replayed[]>();
  for (const replayed of requests) {
    const { before, after } = replayed;
    const host = before.outcome === "unknown-host" ? after.host : before.host;
    const calls = byHost.get(host);
    if (calls === undefined) byHost.set(host, [replayed]);
    else calls.push(replayed);
  }
  const hosts = [...byHost].map(([host, calls]) => summarizeHost(host, calls));
  return hosts.sort((one, other) => other.calls - one.calls || (one.host < other.host ? -1 : 1));
}

function summarizeHost(host: string, requests: readonly Replayed[]): HostSummary {
  const moved = new Map<string, MovedCalls>();
  const changed = new Map<string, ChangedCalls>();
  const total = requests.reduce((sum, { calls }) => sum + calls, 0);
  let [noRoute, noDestination, lost] = [0, 0, 0];
  for (const sample of requests) {
    const { calls } = sample;
    const [before, after] = [fatesOf(sample.before), fatesOf(sample.after)];
    for (const { from, to, percent } of movesBetween(before, after)) {
      const key = `${from.key} → ${to.key}`;
      const known = moved.get(key) ?? { from, to, percent: 0, sample };
      moved.set(key, { ...known, percent: known.percent + (percent * calls) / total });
    }
    const what = changesBetween(sample.before, sample.after);
    if (what.length > 0) {
      const known = changed.get(what.join()) ?? { what, calls: 0, sample };
      changed.set(what.join(), { ...known, calls: known.calls + calls });
    }
    noRoute += calls * shareOf(after, "no-route");
    noDestination += calls * shareOf(after, "no-destination");
    lost += calls * Math.max(0, lostShare(after) - lostShare(before));
  }
  return {
    host,
    calls: total,
    moved: [...moved.values()].sort((one, other) => other.percent - one.percent),
    changed: [...changed.values()].sort((one, other) => other.calls - one.calls),
    noRoute,
    noDestination,
    lost,
  };
}

function lostShare(fates: readonly Fate[]): number {
  return shareOf(fates, "no-route") + shareOf(fates, "no-destination");
}

function shareOf(fates: readonly Fate[], kind: Fate["kind"]): number {
  return fates.filter((fate) => fate.kind === kind).reduce((sum, { percent }) => sum + percent, 0) / 100;
}
