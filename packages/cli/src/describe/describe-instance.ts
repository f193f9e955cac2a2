import type { Labels } from "@intramesh/core";
import { CommandFailure } from "../command-result.ts";
import { type ConnectedClient, connectedClients } from "../connected-clients.ts";
import { exitCodes } from "../exit-code.ts";
import { findByName } from "../find-instance.ts";
import { type RegisteredInstance, registeredInstances } from "../registered-instances.ts";
import type { RegistryClient } from "../registry-client.ts";
import { type DescribeInput, describeService } from "./describe-service.ts";

/** One process: what it offers, what it runs, and who sends to it. */
export interface DescribedInstance {
  readonly name: string;
  readonly service: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** `127.0.0.1:9080 http` …; empty for a process that only calls. */
  readonly addresses: readonly string[];
  /** Milliseconds until its lease lapses; null for a process that holds none. */
  readonly leaseMs: number | null;
  /** ISO 8601; null for one that is in service. */
  readonly drainedSince: string | null;
  /** Null where the process has not been heard of within the last minute. */
  readonly connection: {
    readonly revision: number;
    readonly registryRevision: number;
    readonly ageMs: number;
    readonly admin: string | null;
  } | null;
  /** What it refused. */
  readonly rejected: readonly string[];
  /** Subsets of its service, and whether it is in them. */
  readonly subsets: readonly { readonly name: string; readonly labels: Labels; readonly isMember: boolean }[];
  /** Rules that send to it, `default/reviews http[0]: 90 %`. */
  readonly routes: readonly string[];
}

/** Describes the one process whose id is `name`, or begins with it. Throws a CommandFailure where there is none, or several. */
export async function describeInstance(
  registry: RegistryClient,
  name: string,
  inputOf: (namespace: string) => Promise<DescribeInput>,
): Promise<DescribedInstance> {
  const [{ clients, revision }, registered] = await Promise.all([
    connectedClients(registry),
    registeredInstances(registry),
  ]);
  const ids = [...new Set([...clients.map(({ id }) => id), ...registered.map(({ instance }) => instance)])].sort();
  const id = findByName(ids, name);
  if (id === undefined) {
    const known = ids.length === 0 ? "there is none" : `there are ${ids.join(", ")}`;
    throw new CommandFailure(exitCodes.notFine, `error: no process is called ${name}: ${known}`);
  }
  const client = clients.find((each) => each.id === id);
  const lease = registered.find(({ instance }) => instance === id);
  const { service, namespace } = (client ?? lease)!;
  const input = await inputOf(namespace);
  return {
    name: id,
    service,
    namespace,
    labels: lease?.labels ?? client?.labels ?? {},
    addresses: addressesOf(lease),
    leaseMs: lease?.remainingMs ?? null,
    drainedSince: lease?.drainedSince ?? null,
    connection: connectionOf(client, revision),
    rejected: client?.rejected ?? [],
    ...(lease === undefined ? { subsets: [], routes: [] } : rulesFor(lease, input)),
  };
}

function connectionOf(client: ConnectedClient | undefined, registryRevision: number): DescribedInstance["connection"] {
  if (client === undefined) return null;
  const { revision, ageMs, admin = null } = client;
  return { revision, registryRevision, ageMs, admin };
}

function addressesOf(lease: RegisteredInstance | undefined): string[] {
  if (lease?.address === undefined) return [];
  return Object.entries(lease.ports ?? {}).map(([name, port]) => `${lease.address}:${port} ${name}`);
}

function rulesFor(lease: RegisteredInstance, input: DescribeInput): Pick<DescribedInstance, "subsets" | "routes"> {
  const description = describeService(lease.service, input);
  if (description === undefined) return { subsets: [], routes: [] };
  const ids = new Set(description.instances.filter(({ instance }) => instance === lease.instance).map(({ id }) => id));
  const subsets = description.subsets.map(({ name, labels, endpoints }) => ({
    name,
    labels,
    isMember: endpoints.some((id) => ids.has(id)),
  }));
  const member = new Set(subsets.flatMap(({ name, isMember }) => (isMember ? [name] : [])));
  const routes = description.routes.flatMap(({ virtualService = "", routes: rules }) =>
    rules.flatMap(({ index, name, action }) => {
      if (action.kind !== "forward") return [];
      return action.destinations
        .filter(({ host, subset }) => host === description.host && (subset === undefined || member.has(subset)))
        .map(({ percent, subset }) => {
          const rule = `${virtualService} http[${index}]${name === undefined ? "" : ` "${name}"`}`;
          return `${rule}: ${Number(percent.toFixed(3))} %${subset === undefined ? "" : ` to subset ${subset}`}`;
        });
    }),
  );
  return { subsets, routes };
}
