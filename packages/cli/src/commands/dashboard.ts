import { type CommandResult, printed } from "../command-result.ts";
import { connectedClients } from "../connected-clients.ts";
import { findInstance, readInstancePage } from "../find-instance.ts";
import type { RegistryClient } from "../registry-client.ts";

/** Prints the URL of one running process's admin port, once it has answered as that process. */
export async function dashboard(registry: RegistryClient, name: string): Promise<CommandResult> {
  const { clients } = await connectedClients(registry);
  const instance = findInstance(clients, name);
  await readInstancePage(instance, "/snapshot");
  return printed(`${instance.admin}/\n`);
}
