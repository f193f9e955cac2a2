import { findKind, kinds } from "@intramesh/config";
import type { Command, Option } from "commander";
import { CommandFailure } from "../command-result.ts";
import { configViews } from "../commands/config.ts";
import { connectedClients } from "../connected-clients.ts";
import { collectionPath, type RegistryClient } from "../registry-client.ts";

/** Whoever waits for a TAB does not wait for long. */
const answerLimitMs = 1_500;

/**
 * What the last of `words` may become: commands, flags, their values, kinds, and names that the registry knows. Empty
 * where anything may stand there, a file for one.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  connect: () => RegistryClient,
): Promise<readonly string[]> {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const { command, places, pending } = walk(program, before);
  const candidates =
    pending !== undefined
      ? (pending.argChoices ?? [])
      : current.startsWith("-")
        ? command.createHelp().visibleOptions(command).flatMap(flagsOf)
        : await placeCandidates(command, places, before, connect);
  return candidates.filter((candidate) => candidate.startsWith(current)).sort();
}

interface Position {
  readonly command: Command;
  /** Words that are no flags, since the command's name. */
  readonly places: readonly string[];
  /** The flag whose value the next word is. */
  readonly pending: Option | undefined;
}

function walk(program: Command, words: readonly string[]): Position {
  let command = program;
  let places: readonly string[] = [];
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    if (word.startsWith("-")) {
      const flag = command.options.find((option) => flagsOf(option).includes(word));
      pending = flag?.required === true ? flag : undefined;
      continue;
    }
    const inner = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (inner !== undefined && places.length === 0) command = inner;
    else places = [...places, word];
  }
  return { command, places, pending };
}

function flagsOf({ short, long }: Option): string[] {
  return [short, long].filter((flag) => flag !== undefined && flag !== null);
}

async function placeCandidates(
  command: Command,
  places: readonly string[],
  before: readonly string[],
  connect: () => RegistryClient,
): Promise<readonly string[]> {
  const inner = command.createHelp().visibleCommands(command);
  if (inner.length > 0 && places.length === 0)
    return inner.map((each) => each.name()).filter((name) => name !== "help");
  const path = pathOf(command);
  if (path === "get" || path === "delete" || path === "edit") {
    return places.length === 0 ? kindNames() : namesOf(places[0]!, namespaceIn(before), connect);
  }
  if (path === "config" && places.length === 0) return [...configViews, "all"];
  if (path === "completion") return ["bash", "zsh", "fish"];
  const isInstance = ["drain", "describe instance", "config", "log", "dashboard"].includes(path);
  if (isInstance && places.length === (path === "config" ? 1 : 0)) return instanceNames(connect);
  if (path === "describe service" && places.length === 0) return namesOf("services", namespaceIn(before), connect);
  return [];
}

function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent === null || parent === null ? command.name() : `${parent.name()} ${command.name()}`;
}

function kindNames(): readonly string[] {
  return kinds.map(({ plural }) => plural);
}

function namespaceIn(words: readonly string[]): string {
  const at = words.findLastIndex((word) => word === "-n" || word === "--namespace");
  return at < 0 ? "default" : (words[at + 1] ?? "default");
}

function namesOf(kind: string, namespace: string, connect: () => RegistryClient): Promise<readonly string[]> {
  const info = findKind(kind);
  if (info === undefined) return Promise.resolve([]);
  return orNothing(async () => {
    const answer = await connect().get(collectionPath(info, namespace));
    if (!answer.ok) return [];
    const { items } = answer.body as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
    return items.map(({ metadata }) => metadata.name);
  });
}

function instanceNames(connect: () => RegistryClient): Promise<readonly string[]> {
  return orNothing(async () => (await connectedClients(connect())).clients.map(({ id }) => id));
}

/** A registry that is away, or slow, has no names to offer. */
async function orNothing(ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), answerLimitMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    if (error instanceof CommandFailure) return [];
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
