import type { Clock, DecidedDestination, Decision, Exchange, HeaderMap, MeshPolicy } from "@intramesh/core";
import { explainRequest } from "@intramesh/routing";
import { isSecretHeader, redacted, withoutSecrets } from "@intramesh/telemetry";
import { withoutSecretValues } from "./recorder.ts";
import { createRing } from "./ring.ts";
import type { Snapshot } from "./snapshot.ts";

/** `x-intramesh-explain: 1` on a request asks for its decision; on a response it is the decision. */
export const explainHeader = "x-intramesh-explain";

/** Decisions that are kept for the admin port. */
const keptDecisions = 1_000;
/** Node refuses heads beyond 16 KiB; the decision takes a quarter of that at most. */
const maxHeaderBytes = 4_096;

/** A decision, and the state that it was made by. */
export interface RecordedDecision {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly revision: string;
  readonly decision: Decision;
}

/** A decision as header values. */
export interface Explanation {
  /** With the endpoints that are known when it is made: a service that has not been called yet has none. */
  readonly text: string;
  /** With those that `newest` knows where there were none, which is kept from then on. */
  complete(newest: MeshPolicy): string;
}

/** Answers `x-intramesh-explain` and remembers what it answered. */
export interface Explanations {
  /** Decides on a request as it stands and keeps the decision. */
  explain(snapshot: Snapshot, exchange: Exchange): Explanation;
  recent(): RecordedDecision[];
}

/** Keeps the last thousand decisions. */
export function createExplanations(clock: Clock): Explanations {
  const ring = createRing<RecordedDecision>(keptDecisions);
  return {
    explain(snapshot, { method, scheme, authority, port, path, headers }) {
      const request = { method, scheme, authority, port, path, headers };
      const decision = withoutItsSecrets(explainRequest(snapshot.policy, snapshot.table, request), headers);
      const kept = { at: clock.wallMs(), revision: snapshot.revision, decision };
      ring.push(kept);
      const text = boundedText(decision);
      return {
        text,
        complete(newest) {
          if (!decision.destinations.some(lacksEndpoints)) return text;
          kept.decision = withEndpoints(decision, newest);
          return boundedText(kept.decision);
        },
      };
    },
    recent: () => ring.items(),
  };
}

function lacksEndpoints({ known, endpoints }: DecidedDestination): boolean {
  return known && endpoints.length === 0;
}

function withEndpoints(decision: Decision, policy: MeshPolicy): Decision {
  const destinations = decision.destinations.map((destination) => {
    if (!lacksEndpoints(destination)) return destination;
    const { host, port, subset } = destination;
    const cluster = policy.cluster({ host, port, subset: subset ?? undefined });
    const endpoints = cluster === undefined ? [] : policy.endpoints(cluster).map(({ id }) => id);
    return { ...destination, endpoints };
  });
  return { ...decision, destinations };
}

/** Decisions are kept, shown on the admin port and written on spans: secrets of the request are left out of them. */
function withoutItsSecrets(decision: Decision, headers: HeaderMap): Decision {
  const secrets = [...headers.entries()].flatMap(([name, value]) => (isSecretHeader(name) ? [value] : []));
  return {
    ...decision,
    // Values that a rule has looked at are in its reasons.
    why: decision.why.map((line) =>
      secrets.reduce((text, secret) => text.replaceAll(secret, redacted), withoutSecrets(line)),
    ),
    request: { ...decision.request, path: withoutSecrets(decision.request.path) },
    redirect:
      decision.redirect === null
        ? null
        : { ...decision.redirect, location: withoutSecrets(decision.redirect.location) },
    destinations: decision.destinations.map((destination) => {
      const { path, headers, ...sent } = destination.sent;
      return {
        ...destination,
        sent: { ...sent, path: withoutSecrets(path), headers: withoutSecretValues(headers) },
      };
    }),
  };
}

/** As much of a decision as a header may hold. */
function boundedText(decision: Decision): string {
  const whole = headerText(decision);
  return whole.length <= maxHeaderBytes ? whole : headerText({ ...decision, why: [], destinations: [] });
}

/** JSON of nothing but ASCII, as a header value must be. */
function headerText(decision: Decision): string {
  return JSON.stringify(decision).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
