import { createMeshPolicy, type MeshSettings, type Resource } from "@intramesh/config";
import { type Decision, HeaderMap, type MeshPolicy } from "@intramesh/core";
import { compileRouteTable, explainRequest } from "@intramesh/routing";
import type { RecordedRequest, Recording } from "./recording.ts";

/** One request as it is decided before the change and after it. */
export interface Replayed {
  readonly request: RecordedRequest;
  /** Service that sent it. */
  readonly sender: string;
  readonly before: Decision;
  readonly after: Decision;
}

/** The whole replay. */
export interface Replay {
  readonly requests: readonly Replayed[];
  /** Headers that only the new configuration looks at: they were not recorded, and count as absent. */
  readonly unrecordedHeaders: readonly string[];
}

/** Decides on each recorded request as its sender would, with the resources of `before` and with those of `after`. */
export function replay(
  recordings: readonly Recording[],
  before: readonly Resource[],
  after: readonly Resource[],
  settings: Partial<MeshSettings> = {},
): Replay {
  const [old, next] = [clientViews(before, settings), clientViews(after, settings)];
  const unrecorded = new Set<string>();
  const requests = recordings.flatMap((recording) => {
    if (recording.requests.length === 0) return [];
    const [oldView, nextView] = [old(recording.client), next(recording.client)];
    const known = matchedHeaders(oldView.policy);
    for (const name of matchedHeaders(nextView.policy)) if (!known.has(name)) unrecorded.add(name);
    const { service: sender } = recording.client;
    return recording.requests.map((request) => {
      return { request, sender, before: oldView.decide(request), after: nextView.decide(request) };
    });
  });
  return { requests, unrecordedHeaders: [...unrecorded].sort() };
}

interface ClientView {
  readonly policy: MeshPolicy;
  decide(request: RecordedRequest): Decision;
}

/** What each client sees of the resources; those of one namespace and one set of labels see the same. */
function clientViews(
  resources: readonly Resource[],
  settings: Partial<MeshSettings>,
): (client: Recording["client"]) => ClientView {
  const views = new Map<string, ClientView>();
  return ({ namespace, labels }) => {
    const key = JSON.stringify([namespace, Object.entries(labels).sort()]);
    let view = views.get(key);
    if (view === undefined) {
      view = createView(createMeshPolicy(resources, { namespace, labels }, settings));
      views.set(key, view);
    }
    return view;
  };
}

function createView(policy: MeshPolicy): ClientView {
  const table = compileRouteTable(policy);
  return {
    policy,
    decide: ({ headers, ...request }) =>
      explainRequest(policy, table, { ...request, headers: HeaderMap.from(Object.entries(headers)) }),
  };
}

function matchedHeaders({ virtualHosts }: MeshPolicy): ReadonlySet<string> {
  const matches = virtualHosts.flatMap(({ routes }) => routes.flatMap((route) => route.matches));
  return new Set(
    matches
      .filter(({ excluded }) => excluded === undefined)
      .flatMap(({ headers, withoutHeaders }) => [...headers, ...withoutHeaders].map(({ name }) => name)),
  );
}
