import type { Replayed } from "../diff/replay.ts";
import type { ChangedCalls, HostSummary, MovedCalls } from "../diff/summary.ts";
import { shortHost } from "./short-host.ts";

/** What the requests came from. */
export interface DiffOrigin {
  /** How many sent them. */
  readonly processes: number;
  /** Headers that were not recorded and that the new configuration looks at. */
  readonly unrecordedHeaders: readonly string[];
}

/** What a dry run comes to, for people. */
export function renderDiff(hosts: readonly HostSummary[], { processes, unrecordedHeaders }: DiffOrigin): string {
  const requests = hosts.reduce((sum, { calls }) => sum + calls, 0);
  const replayed = `${countText(requests, "recorded request")} of ${countText(processes, "process")}`;
  const touched = hosts.filter(({ moved, changed }) => moved.length > 0 || changed.length > 0);
  const unseen = unseenText(unrecordedHeaders);
  if (touched.length === 0) return `Nothing would move: ${replayed} are decided as before.\n${unseen}`;
  const rest = hosts.length - touched.length;
  const untouched = rest === 0 ? "" : `\nNothing would move for ${countText(rest, "other host")}.\n`;
  return `${replayed} replayed\n\n${touched.map(hostText).join("\n")}${untouched}${unseen === "" ? "" : `\n${unseen}`}`;
}

/** A dry run that cannot see what a rule is about must not pass for one that can. */
function unseenText(headers: readonly string[]): string {
  if (headers.length === 0) return "";
  const [were, they, them] = headers.length === 1 ? ["was", "it is", "it"] : ["were", "they are", "them"];
  const rule = `${headers.join(", ")} ${were} not recorded: no rule has looked at ${them} so far, or ${they} secret`;
  return `Not seen: ${rule}; calls that carry ${them} may move.\n`;
}

function hostText(summary: HostSummary): string {
  const { host, calls, moved, changed } = summary;
  const name = shortHost(host);
  const lines = [
    ...moved.flatMap((move, at) => moveLines(name, move, at === moved.length - 1 ? `; ${lostText(summary)}` : "")),
    ...(moved.length === 0 ? [`no ${name} call moves; ${lostText(summary)}`] : []),
    ...changed.flatMap(changeLines),
  ];
  return `${name}, ${countText(calls, "call")}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

function moveLines(name: string, { from, to, percent, sample }: MovedCalls, end: string): readonly string[] {
  return [
    `${percentText(percent)} of ${name} calls ${to.goes} instead of ${from.name}${end}`,
    `  ${sampleText(sample)}`,
  ];
}

function changeLines({ what, calls, sample }: ChangedCalls): readonly string[] {
  const change = calls === 1 ? "1 call changes" : `${calls} calls change`;
  return [`${change} otherwise (${what.join(", ")})`, `  ${sampleText(sample)}`];
}

function lostText({ noRoute, noDestination }: HostSummary): string {
  const routes = noRoute === 1 ? "1 has no route" : `${numberText(noRoute)} have no route`;
  return noDestination === 0 ? routes : `${routes}, ${numberText(noDestination)} no known destination`;
}

/** A request line, and the recorded headers that its rules look at. */
function sampleText({ request, sender }: Replayed): string {
  const { method, scheme, authority, path, headers } = request;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${scheme}://${authority}${path}${lines.length === 0 ? "" : ` (${lines.join(", ")})`} from ${sender}`;
}

/** One decimal, and never 0 for something. */
function percentText(percent: number): string {
  return percent < 0.1 ? "less than 0.1 %" : `${numberText(percent)} %`;
}

function numberText(value: number): string {
  return String(Number(value.toFixed(1)));
}

function countText(count: number, what: string): string {
  if (count === 1) return `1 ${what}`;
  return `${count} ${what.endsWith("s") ? `${what}es` : `${what}s`}`;
}
