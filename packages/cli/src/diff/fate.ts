import type { DecidedDestination, Decision } from "@intramesh/core";
import { durationText } from "../render/duration.ts";
import { shortHost } from "../render/short-host.ts";

/** One of the ways in which a call may end, as far as configuration decides. */
export interface Fate {
  /** What tells it from others, for programs: `reviews.default.svc.cluster.local:9080 subset v3`. */
  readonly key: string;
  /** The destination without what faults do to it: a call that keeps its place has moved less than one that does not. */
  readonly place: string;
  /** Completes "… % of reviews calls". */
  readonly goes: string;
  /** Completes "… instead of". */
  readonly name: string;
  readonly kind: "served" | "no-route" | "no-destination";
  /** Of the calls, 0 to 100. */
  readonly percent: number;
}

type Ending = Omit<Fate, "percent">;

/** The ways of one call, in the order of the configuration. Their shares make 100. */
export function fatesOf(decision: Decision): readonly Fate[] {
  const ends = endingsOf(decision);
  const { delay, abort } = decision.fault ?? { delay: null, abort: null };
  const delayed = (delay?.percent ?? 0) / 100;
  const aborted = (abort?.percent ?? 0) / 100;
  const fates = new Map<string, Fate>();
  const add = (ending: Ending, percent: number): void => {
    if (percent <= 0) return;
    const before = fates.get(ending.key);
    fates.set(ending.key, { ...ending, percent: (before?.percent ?? 0) + percent });
  };
  for (const { ending, percent } of ends) {
    for (const [delayShare, delayMs] of [[1 - delayed, null] as const, [delayed, delay?.ms ?? null] as const]) {
      add(later(ending, delayMs), percent * delayShare * (1 - aborted));
      add(later(abortion(abort, ending.place), delayMs), percent * delayShare * aborted);
    }
  }
  return [...fates.values()];
}

function endingsOf(decision: Decision): readonly { readonly ending: Ending; readonly percent: number }[] {
  const { destinations } = decision;
  if (destinations.length === 0) return [{ ending: endingWithoutDestination(decision), percent: 100 }];
  return destinations.map((destination) => ({ ending: arrival(destination, decision), percent: destination.weight }));
}

function arrival(destination: DecidedDestination, decision: Decision): Ending {
  const { host, port, subset, known, endpoints } = destination;
  const place = `${host}:${port}${subset === null ? "" : ` subset ${subset}`}`;
  const name = arrivalName(destination, decision);
  if (!known) {
    const told = `${name} (does not exist: 503 NC)`;
    return { key: `${place} (not known)`, place, goes: `go to ${told}`, name: told, kind: "no-destination" };
  }
  if (endpoints.length === 0) {
    const told = `${name} (no endpoints: 503 UH)`;
    return { key: `${place} (no endpoints)`, place, goes: `go to ${told}`, name: told, kind: "served" };
  }
  return { key: place, place, goes: `go to ${name}`, name, kind: "served" };
}

/** `v3` of the host called, `ratings v2` of another one. */
function arrivalName({ host, port, subset }: DecidedDestination, called: Decision): string {
  const portText = port === called.port ? "" : `:${port}`;
  if (host !== called.host) return `${shortHost(host)}${portText}${subset === null ? "" : ` ${subset}`}`;
  if (subset !== null) return `${subset}${portText}`;
  return portText === "" ? "any version" : `port ${port}`;
}

function endingWithoutDestination({ outcome, redirect, response, host }: Decision): Ending {
  const ending = (key: string, goes: string, name: string, kind: Fate["kind"] = "served"): Ending => {
    return { key, place: key, goes, name, kind };
  };
  switch (outcome) {
    case "no-route":
      return ending("no-route", "have no route (404 NR)", "having no route", "no-route");
    case "unknown-host":
      return response === null
        ? ending(
            "passthrough",
            `are passed through to ${host}, unknown to the mesh`,
            "passing through",
            "no-destination",
          )
        : ending(
            "unknown-host",
            `are refused: ${host} is unknown (${response.status})`,
            "being refused",
            "no-destination",
          );
    case "redirect": {
      const to = originOf(redirect!.location);
      const told = `redirected to ${to} (${redirect!.status})`;
      return ending(`redirect ${redirect!.status} ${to}`, `are ${told}`, `being ${told}`);
    }
    default: {
      const told = `answered ${response?.status} by the mesh`;
      return ending(`respond ${response?.status}`, `are ${told}`, `being ${told}`);
    }
  }
}

/** Where a redirect leads, without its path, which differs from call to call. */
function originOf(location: string): string {
  return /^[a-z]+:\/\/[^/?#]*/i.exec(location)?.[0] ?? "another path";
}

function abortion(abort: NonNullable<Decision["fault"]>["abort"], place: string): Ending {
  const status = String(abort?.httpStatus ?? `grpc-status ${abort?.grpcStatus}`);
  const told = `aborted with ${status}`;
  return { key: `abort ${status}`, place, goes: `are ${told}`, name: `being ${told}`, kind: "served" };
}

function later(ending: Ending, delayMs: number | null): Ending {
  if (delayMs === null) return ending;
  const after = ` ${durationText(delayMs)} late`;
  return { ...ending, key: ending.key + after, goes: ending.goes + after, name: ending.name + after };
}
