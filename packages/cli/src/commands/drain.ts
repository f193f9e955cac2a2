import { instancePath } from "@intramesh/discovery";
import { CommandFailure, type CommandResult, printed, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { type RegisteredInstance, registeredInstances } from "../registered-instances.ts";
import { type RegistryClient, refused } from "../registry-client.ts";

export interface DrainOptions {
  /** Id of an instance, or how it begins. */
  readonly instance: string;
  /** Looked in; in all of them where it is undefined. */
  readonly namespace: string | undefined;
  /** Back into service instead. */
  readonly undo: boolean;
}

/** Takes one instance out of service, or puts it back. */
export async function drain(registry: RegistryClient, options: DrainOptions): Promise<CommandResult> {
  const found = findRegistered(await registeredInstances(registry), options);
  const { namespace, service, instance } = found;
  const path = `${instancePath(namespace, service, instance)}/drain`;
  const answer = options.undo ? await registry.delete(path) : await registry.post(path, undefined);
  if (!answer.ok) throw refused(answer);
  const title = `${instance} of ${service}.${namespace}`;
  if (options.undo) {
    return printed(found.drainedSince === undefined ? `${title} was in service\n` : `${title} is in service again\n`);
  }
  const left = `its requests under way end; put it back with: intramesh drain ${instance} --undo`;
  return printed(`${title} ${found.drainedSince === undefined ? "is" : "was"} out of service; ${left}\n`);
}

function findRegistered(all: readonly RegisteredInstance[], { instance, namespace }: DrainOptions): RegisteredInstance {
  const candidates = all.filter((each) => namespace === undefined || each.namespace === namespace);
  const exact = candidates.filter((each) => each.instance === instance);
  const matching = exact.length > 0 ? exact : candidates.filter((each) => each.instance.startsWith(instance));
  if (matching.length === 1) return matching[0]!;
  if (matching.length > 1) throw usageFailure(`${instance} may be ${titlesOf(matching)}: name one of them`);
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const known = candidates.length === 0 ? "none is registered" : `registered are ${titlesOf(candidates)}`;
  throw new CommandFailure(exitCodes.notFine, `error: no instance${where} is called ${instance}: ${known}`);
}

/** More of them than this make no better hint. */
const shownTitles = 10;

function titlesOf(instances: readonly RegisteredInstance[]): string {
  const titles = instances.map(({ instance, service, namespace }) => `${instance} (${service}.${namespace})`);
  const rest = titles.length > shownTitles ? `, and ${titles.length - shownTitles} more` : "";
  return titles.slice(0, shownTitles).join(", ") + rest;
}
