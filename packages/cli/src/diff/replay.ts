import { createMeshPolicy, type MeshSettings, type Resource } from "@intramesh/config";
import { type Decision, HeaderMap, type MeshPolicy } from "@intramesh/core";
import { compileRouteTable, explainRequest } from "@intramesh/routing";
import type { RecordedRequest, Recording } from "./recording.ts";

/** One request as it is decided before the change and after it. */
export interface Replayed {
  readonly request: RecordedRequest;
  /** Service that sent it. */
  readonly sender: string;
  /** How often it was sent: processes say the same thing over and over. */
  readonly calls: number;
  readonly before: Decision;
  readonly after: Decision;
}

/** The whole replay. */
export interface Replay {
  /** Each once, in the order of their first call. */
  readonly requests: readonly Replayed[];
  /** Headers that only the new configuration looks at: they were not recorded, and count as absent. Those whose values are secrets too. */
  readonly unrecordedHeaders: readonly string[];
}

/** What an admin port shows in the place of a secret. */
const redacted = "REDACTED";

/** Decides on each recorded request as its sender would, with the resources of `before` and with those of `after`. */
export function replay(
  recordings: readonly Recording[],
  before: readonly Resource[],
  after: readonly Resource[],
  settings: Partial<MeshSettings> = {},
): Replay {
  const [old, next] = [clientViews(before, settings), clientViews(after, settings)];
  const unrecorded = new Set<string>();
  const requests = groupRequests(recordings).map(({ client, request, calls }) => {
    const [oldView, nextView] = [old(client), next(client)];
    for (const name of nextView.matchedHeaders) {
      if (!oldView.matchedHeaders.has(name) || request.headers[name] === redacted) unrecorded.add(name);
    }
    return { request, sender: client.service, calls, before: oldView.decide(request), after: nextView.decide(request) };
  });
  return { requests, unrecordedHeaders: [...unrecorded].sort() };
}

interface Group {
  readonly client: Recording["client"];
  readonly request: RecordedRequest;
  calls: number;
}

/** Like requests of like clients are decided alike. */
function groupRequests(recordings: readonly Recording[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { client, requests } of recordings) {
    const sender = `${client.service} ${clientKey(client)}`;
    for (const request of requests) {
      const { method, scheme, authority, path, headers } = request;
      const key = `${sender} ${JSON.stringify([method, scheme, authority, path, Object.entries(headers).sort()])}`;
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { client, request, calls: 1 });
      else known.calls += 1;
    }
  }
  return [...groups.values()];
}

interface ClientView {
  readonly matchedHeaders: ReadonlySet<string>;
  decide(request: RecordedRequest): Decision;
}

/** What each client sees of the resources; those of one namespace and one set of labels see the same. */
function clientViews(
  resources: readonly Resource[],
  settings: Partial<MeshSettings>,
): (client: Recording["client"]) => ClientView {
  const views = new Map<string, ClientView>();
  return (client) => {
    const key = clientKey(client);
    let view = views.get(key);
    if (view === undefined) {
      view = createView(createMeshPolicy(resources, client, settings));
      views.set(key, view);
    }
    return view;
  };
}

function clientKey({ namespace, labels }: Recording["client"]): string {
  return JSON.stringify([namespace, Object.entries(labels).sort()]);
}

function createView(policy: MeshPolicy): ClientView {
  const table = compileRouteTable(policy);
  return {
    matchedHeaders: matchedHeaders(policy),
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
