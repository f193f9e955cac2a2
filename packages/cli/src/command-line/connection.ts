import { type Command, Option } from "commander";
import type { CommandResult } from "../command-result.ts";
import { defaultRegistry, RegistryClient } from "../registry-client.ts";
import { type Output, outputs } from "../render/document.ts";

/** What the command takes from the process that it runs in. */
export interface ProgramInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readStdin: () => string;
}

/** Takes what a command came to. */
export type Done = (result: CommandResult) => void;

/** Flags of commands that ask the registry. */
export interface Connection {
  readonly registry?: string;
  readonly token?: string;
}

/** Gives a command the flags of a Connection. */
export function connected(command: Command): Command {
  return command
    .option("--registry <url>", `the registry (default: INTRAMESH_REGISTRY, else ${defaultRegistry})`)
    .option("--token <token>", "token for writes (default: INTRAMESH_TOKEN)");
}

/** The registry that flags and environment name. */
export function connect({ registry, token }: Connection, { env }: Pick<ProgramInput, "env">): RegistryClient {
  const url = registry ?? (env["INTRAMESH_REGISTRY"] || defaultRegistry);
  return new RegistryClient({ url, token: token ?? (env["INTRAMESH_TOKEN"] || undefined) });
}

/** `-o text`, `json` or `yaml`, or one of `more`. */
export function textOrDocument(...more: readonly string[]): Option {
  return new Option("-o, --output <format>", "output").choices([...outputs, ...more]).default("text" satisfies Output);
}

/** Gathers the values of a flag that may be repeated. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
