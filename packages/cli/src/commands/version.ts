import { CommandFailure, type CommandResult, printed } from "../command-result.ts";
import { type ConnectedClient, connectedClients } from "../connected-clients.ts";
import { exitCodes } from "../exit-code.ts";
import { ownVersion } from "../own-version.ts";
import type { RegistryClient } from "../registry-client.ts";
import { type Output, renderDocument } from "../render/document.ts";

/** Processes that run the same copy of intramesh. */
interface LibraryCount {
  /** Null where they do not say, as older ones. */
  readonly version: string | null;
  readonly count: number;
}

/** Says the version of the command, and of the registry and of the connected processes where there are any. */
export async function version(client: RegistryClient, output: Output): Promise<CommandResult> {
  const registry = await registryVersion(client);
  const processes = registry === null ? [] : await libraryVersions(client);
  if (output !== "text") return printed(renderDocument({ client: ownVersion, registry, processes }, output));
  const counts = processes.map(({ version, count }) => `${version ?? "unknown"} (${count})`);
  const running = counts.length === 0 ? "" : `processes: ${counts.join(", ")}\n`;
  const out = `client: ${ownVersion}\nregistry: ${registry ?? "not reachable"}\n${running}`;
  return { out, err: registry === null ? [] : skew(ownVersion, registry, processes), code: exitCodes.fine };
}

/** Releases of one minor version go together. */
function skew(client: string, registry: string, processes: readonly LibraryCount[]): string[] {
  const differs = (version: string): boolean => minorOf(version) !== minorOf(registry);
  const warnings: string[] = [];
  if (differs(client)) {
    warnings.push(
      `warning: the command is ${client}, the registry ${registry}: what is new in one is not known to the other; install the same minor version of both`,
    );
  }
  const others = processes.filter(({ version }) => version !== null && differs(version));
  for (const { version, count } of others) {
    const which = count === 1 ? "1 process runs" : `${count} processes run`;
    warnings.push(
      `warning: ${which} intramesh ${version}, the registry is ${registry}: what is new in one is not known to the other; intramesh status -o wide lists who runs what`,
    );
  }
  return warnings;
}

function minorOf(version: string): string {
  return version.split(".", 2).join(".");
}

/** By version, those that do not say theirs last. */
async function libraryVersions(client: RegistryClient): Promise<readonly LibraryCount[]> {
  const counts = new Map<string | null, number>();
  for (const { library = null } of await clientsOrNone(client)) counts.set(library, (counts.get(library) ?? 0) + 1);
  return [...counts]
    .map(([version, count]) => ({ version, count }))
    .sort((a, b) =>
      a.version === null ? 1 : b.version === null ? -1 : a.version.localeCompare(b.version, "en", { numeric: true }),
    );
}

/** An older registry does not list them, and one may end while it is asked. */
async function clientsOrNone(client: RegistryClient): Promise<readonly ConnectedClient[]> {
  try {
    return (await connectedClients(client)).clients;
  } catch (error) {
    if (error instanceof CommandFailure) return [];
    throw error;
  }
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
