import type { DecidedDestination, DecidedMirror, Decision, HeaderOperations } from "@intramesh/core";
import { durationText } from "../render/duration.ts";
import { shortHost } from "../render/short-host.ts";

/** A setting's name, and its values before and after as text. */
type Comparison = readonly [name: string, before: string, after: string];

/**
 * What changes for a call beside where it goes: `timeout 3s → none`. Paths differ from call to call: that they change is
 * told without them.
 */
export function changesBetween(before: Decision, after: Decision): readonly string[] {
  if (before.destinations.length === 0 || after.destinations.length === 0) return answerChanges(before, after);
  const settings = [...routeSettings(before, after), ...policySettings(before, after)];
  const shared = before.destinations.flatMap((old) => {
    const next = after.destinations.find((other) => isSame(old, other));
    return next === undefined ? [] : [[old, next] as const];
  });
  return [
    ...changed([...settings, ...shared.flatMap(([old, next]) => destinationSettings(old, next))]),
    ...(shared.some(([old, next]) => old.sent.path !== next.sent.path) ? ["path sent"] : []),
  ];
}

/** Another status or origin is another fate; what is left of an answer is its text. */
function answerChanges(before: Decision, after: Decision): readonly string[] {
  const { redirect, response } = before;
  const changes = [];
  if (redirect !== null && after.redirect !== null && redirect.location !== after.redirect.location) {
    changes.push("redirect location");
  }
  if (response !== null && after.response !== null && response.body !== after.response.body)
    changes.push("answered body");
  return changes;
}

function routeSettings(before: Decision, after: Decision): readonly Comparison[] {
  const settings: Comparison[] = [
    ["timeout", durationText(before.timeoutMs), durationText(after.timeoutMs)],
    ["retries", String(before.retry.attempts), String(after.retry.attempts)],
    ["request headers", operationsText(before.request.headers), operationsText(after.request.headers)],
    ["response headers", operationsText(before.responseHeaders), operationsText(after.responseHeaders)],
    ["mirror", mirrorsText(before.mirrors), mirrorsText(after.mirrors)],
    ["CORS", jsonText(before.cors), jsonText(after.cors)],
  ];
  // The conditions of retries that are off, before or after, change nothing.
  if (before.retry.attempts > 0 && after.retry.attempts > 0) settings.push(...retrySettings(before.retry, after.retry));
  return settings;
}

function retrySettings(before: Decision["retry"], after: Decision["retry"]): readonly Comparison[] {
  const conditions = ({ retryOn, retriableStatusCodes }: Decision["retry"]): string =>
    [...retryOn, ...retriableStatusCodes].join(",");
  const backoff = ({ backoffMs: { base, max } }: Decision["retry"]): string =>
    `${durationText(base)} to ${durationText(max)}`;
  return [
    ["per-try timeout", durationText(before.perTryTimeoutMs), durationText(after.perTryTimeoutMs)],
    ["retry conditions", conditions(before), conditions(after)],
    ["retry backoff", backoff(before), backoff(after)],
  ];
}

/** A decision tells the policy of its first destination: another destination's is no change of it. */
function policySettings(before: Decision, after: Decision): readonly Comparison[] {
  if (!isSame(before.destinations[0]!, after.destinations[0]!)) return [];
  const blocks = ["loadBalancer", "connectionPool", "outlierDetection", "tls"] as const;
  return blocks.map((block) => [
    block,
    jsonText(before.policy?.[block] ?? null),
    jsonText(after.policy?.[block] ?? null),
  ]);
}

function destinationSettings(before: DecidedDestination, after: DecidedDestination): readonly Comparison[] {
  const place = `${shortHost(before.host)}${before.subset === null ? "" : ` ${before.subset}`}`;
  const [sent, answered] = [`request headers to ${place}`, `response headers from ${place}`];
  return [
    [sent, operationsText(before.requestHeaders), operationsText(after.requestHeaders)],
    [answered, operationsText(before.responseHeaders), operationsText(after.responseHeaders)],
    [`authority for ${place}`, before.sent.authority, after.sent.authority],
  ];
}

function changed(settings: readonly Comparison[]): readonly string[] {
  return settings.filter(([, from, to]) => from !== to).map(([name, from, to]) => `${name} ${from} → ${to}`);
}

function isSame(one: DecidedDestination, other: DecidedDestination): boolean {
  return one.host === other.host && one.port === other.port && one.subset === other.subset;
}

function operationsText({ set, add, remove }: HeaderOperations): string {
  const lines = [
    ...Object.entries(set).map(([name, value]) => `set ${name}: ${value}`),
    ...Object.entries(add).map(([name, value]) => `add ${name}: ${value}`),
    ...remove.map((name) => `remove ${name}`),
  ];
  return lines.length === 0 ? "none" : lines.join("; ");
}

function mirrorsText(mirrors: readonly DecidedMirror[]): string {
  if (mirrors.length === 0) return "none";
  return mirrors
    .map(({ host, subset, percent }) => `${percent} % to ${shortHost(host)}${subset === null ? "" : ` ${subset}`}`)
    .join(", ");
}

function jsonText(block: Readonly<Record<string, unknown>> | null): string {
  return block === null ? "none" : JSON.stringify(block);
}
