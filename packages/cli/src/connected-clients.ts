import { CommandFailure } from "./command-result.ts";
import { exitCodes } from "./exit-code.ts";
import { type RegistryClient, refused } from "./registry-client.ts";

/** A process that the registry has heard of within the last minute. */
export interface ConnectedClient {
  /** Id of the instance. */
  readonly id: string;
  readonly service: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The registry's revision that it runs; 0 where it has none. */
  readonly revision: number;
  /** For how long it could have run a newer one, in ms; 0 where it runs the newest. */
  readonly behindMs: number;
  /** What it refused, a line each. */
  readonly rejected: readonly string[];
  /** Version of its copy of intramesh; undefined where it does not say. */
  readonly library: string | undefined;
  /** URL of its admin port, seen from its own machine; undefined without one. */
  readonly admin: string | undefined;
  /** Milliseconds since it was heard of. */
  readonly ageMs: number;
}

/** All of them, by id, and the registry's own revision. */
export interface ConnectedClients {
  readonly revision: number;
  readonly clients: readonly ConnectedClient[];
}

/** Asks the registry who is connected. */
export async function connectedClients(registry: RegistryClient): Promise<ConnectedClients> {
  const answer = await registry.get("/mesh/v1/clients");
  if (!answer.ok) throw refused(answer);
  const { revision, items } = answer.body as { readonly revision?: number; readonly items?: readonly Report[] };
  if (revision === undefined || items === undefined) {
    const older = "error: the registry does not say who runs which revision: it is older than this command";
    throw new CommandFailure(exitCodes.notFine, older);
  }
  return { revision, clients: items.map(readReport) };
}

/** The registry checks `service`, `namespace`, `revision` and `rejected`; the rest is what a client said. */
interface Report extends Pick<ConnectedClient, "id" | "service" | "namespace" | "revision" | "ageMs"> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly behindMs?: number;
  readonly rejected: readonly unknown[];
  readonly library?: string;
  readonly admin?: string;
}

function readReport({
  id,
  service,
  namespace,
  labels,
  revision,
  behindMs,
  rejected,
  library,
  admin,
  ageMs,
}: Report): ConnectedClient {
  return {
    id,
    service,
    namespace,
    labels: labels ?? {},
    revision,
    behindMs: behindMs ?? 0,
    rejected: rejected.map((reason) => (typeof reason === "string" ? reason : JSON.stringify(reason))),
    library,
    admin,
    ageMs,
  };
}
