import { CommandFailure, type CommandResult, printed } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { ownVersion } from "../own-version.ts";
import type { RegistryClient } from "../registry-client.ts";

/** Says the version of the command, and of the registry where there is one. */
export async function version(client: RegistryClient, output: "text" | "json"): Promise<CommandResult> {
  const registry = await registryVersion(client);
  if (output === "json") return printed(`${JSON.stringify({ client: ownVersion, registry }, null, 2)}\n`);
  const out = `client: ${ownVersion}\nregistry: ${registry ?? "not reachable"}\n`;
  return { out, err: skew(ownVersion, registry), code: exitCodes.fine };
}

/** Releases of one minor version go together. */
function skew(client: string, registry: string | null): string[] {
  if (registry === null || minorOf(client) === minorOf(registry)) return [];
  return [
    `warning: the command is ${client}, the registry ${registry}: what is new in one is not known to the other; install the same minor version of both`,
  ];
}

function minorOf(version: string): string {
  return version.split(".", 2).join(".");
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
