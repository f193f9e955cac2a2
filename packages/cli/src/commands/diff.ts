import { readMeshSettings } from "../analyze/read-mesh-settings.ts";
import type { CommandResult } from "../command-result.ts";
import { collectRecordings, nothingRecorded } from "../diff/collect-recordings.ts";
import { overlay } from "../diff/overlay.ts";
import { type Replayed, replay } from "../diff/replay.ts";
import { type HostSummary, summarize } from "../diff/summary.ts";
import { exitCodes } from "../exit-code.ts";
import { readResources } from "../read-resources.ts";
import type { RegistryClient } from "../registry-client.ts";
import { renderDiff } from "../render/diff.ts";
import { type Output, renderDocument } from "../render/document.ts";

/** Options of `diff`. */
export interface DiffOptions {
  /** The new resources. */
  readonly files: readonly string[];
  /** URLs of admin ports to ask for requests. */
  readonly admins: readonly string[];
  /** Files of recorded requests. */
  readonly recorded: readonly string[];
  /** A MeshConfig. */
  readonly meshFile: string | undefined;
  readonly output: Output;
  readonly readStdin: () => string;
}

/** Less of a call than this is the arithmetic's. */
const negligibleCalls = 1e-6;

/** Says what would become of the requests that processes sent lately, were the files applied. Changes nothing, anywhere. */
export async function diff(registry: RegistryClient, options: DiffOptions): Promise<CommandResult> {
  const changed = readResources(options.files, options.readStdin);
  const settings = readMeshSettings(options.meshFile, options.readStdin);
  const [before, collected] = await Promise.all([
    registry.allResources(),
    collectRecordings(registry, { admins: options.admins, files: options.recorded }),
  ]);
  const { recordings } = collected;
  const { requests, unrecordedHeaders } = replay(recordings, before, overlay(before, changed.resources), settings);
  const hosts = summarize(requests);
  const err = [...changed.notes, ...collected.notes];
  const count = requests.reduce((sum, { calls }) => sum + calls, 0);
  if (count === 0) err.push(nothingRecorded);
  const code = hosts.some(({ lost }) => lost > negligibleCalls) ? exitCodes.notFine : exitCodes.fine;
  if (options.output !== "text") {
    const document = { requests: count, unrecordedHeaders, hosts: hosts.map(describeHost) };
    return { out: renderDocument(document, options.output), err, code };
  }
  const processes = recordings.filter((recording) => recording.requests.length > 0).length;
  return { out: count === 0 ? "" : renderDiff(hosts, { processes, unrecordedHeaders }), err, code };
}

function describeHost({ host, calls, moved, changed, noRoute, noDestination, lost }: HostSummary): object {
  return {
    host,
    calls,
    moved: moved.map(({ from, to, percent, sample }) => {
      return { from: from.key, to: to.key, percent: rounded(percent), sample: describeSample(sample) };
    }),
    changed: changed.map(({ what, calls: count, sample }) => ({ what, calls: count, sample: describeSample(sample) })),
    noRoute: rounded(noRoute),
    noDestination: rounded(noDestination),
    lost: rounded(lost),
  };
}

function describeSample({ request, sender }: Replayed): object {
  return { ...request, from: sender };
}

/** Without what binary fractions add to sums. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}
