import { CommandFailure, type CommandResult, printed } from "../command-result.ts";
import { ownVersion } from "../own-version.ts";
import type { RegistryClient } from "../registry-client.ts";

/** Says the version of the command, and of the registry where there is one. */
export async function version(client: RegistryClient, output: "text" | "json"): Promise<CommandResult> {
  const registry = await registryVersion(client);
  if (output === "json") return printed(`${JSON.stringify({ client: ownVersion, registry }, null, 2)}\n`);
  return printed(`client: ${ownVersion}\nregistry: ${registry ?? "not reachable"}\n`);
}

async function registryVersion(client: RegistryClient): Promise<string | null> {
  try {
    const answer = await client.get("/version");
    if (!answer.ok) return null;
    const { gitVersion } = answer.body as { readonly gitVersion?: string };
    return gitVersion?.split("+intramesh.")[1] ?? null;
  } catch (error) {
    if (error instanceof CommandFailure) return null;
    throw error;
  }
}
