import { type CommandResult, printed, usageFailure } from "../command-result.ts";
import { connectedClients } from "../connected-clients.ts";
import { changeInstancePage, findInstance, readInstancePage } from "../find-instance.ts";
import type { RegistryClient } from "../registry-client.ts";

/** Options of `log`. */
export interface LogOptions {
  /** Id of an instance, or how it begins. */
  readonly instance: string;
  /** Undefined: only shown. */
  readonly level: string | undefined;
}

/** The page `/log` of an admin port. */
interface LogPage {
  readonly level: string;
  readonly levels: readonly string[];
}

/** Shows how much one running process logs, or changes it until it ends. */
export async function log(registry: RegistryClient, { instance: name, level }: LogOptions): Promise<CommandResult> {
  const { clients } = await connectedClients(registry);
  const instance = findInstance(clients, name);
  const { level: before, levels } = (await readInstancePage(instance, "/log")) as LogPage;
  if (level === undefined) return printed(`${instance.id} logs at level ${before}\n`);
  if (!levels.includes(level)) throw usageFailure(`"${level}" is no level: ${levels.join(", ")}`);
  await changeInstancePage(instance, `/log?level=${encodeURIComponent(level)}`);
  return printed(`${instance.id} logs at level ${level}, before at ${before}\n`);
}
