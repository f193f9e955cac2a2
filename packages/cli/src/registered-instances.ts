import { type RegistryClient, refused } from "./registry-client.ts";

/** An instance that holds a lease in the registry. */
export interface RegisteredInstance {
  readonly namespace: string;
  readonly service: string;
  readonly instance: string;
  readonly address?: string;
  /** By name, where it listens. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Until its lease lapses, unless it is renewed. */
  readonly remainingMs?: number;
  /** Since when an operator keeps it out of service, ISO 8601; undefined where none does. */
  readonly drainedSince?: string;
}

/** Asks the registry who is registered. */
export async function registeredInstances(registry: RegistryClient): Promise<readonly RegisteredInstance[]> {
  const answer = await registry.get("/mesh/v1/instances");
  if (!answer.ok) throw refused(answer);
  return (answer.body as { readonly items: readonly RegisteredInstance[] }).items;
}

/** Which processes an operator keeps out of service. */
export interface DrainedInstances {
  /** ISO 8601; undefined for a process that is in service, or is no instance. */
  since(process: { readonly namespace: string; readonly service: string; readonly id: string }): string | undefined;
}

/** Asks the registry who is drained. */
export async function drainedInstances(registry: RegistryClient): Promise<DrainedInstances> {
  const since = new Map<string, string>();
  for (const { namespace, service, instance, drainedSince } of await registeredInstances(registry)) {
    if (drainedSince !== undefined) since.set(`${namespace}/${service}/${instance}`, drainedSince);
  }
  return { since: ({ namespace, service, id }) => since.get(`${namespace}/${service}/${id}`) };
}
