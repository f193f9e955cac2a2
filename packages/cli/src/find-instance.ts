import { adminPortHint, readAdminPage } from "./admin-client.ts";
import { CommandFailure, usageFailure } from "./command-result.ts";
import type { ConnectedClient } from "./connected-clients.ts";
import { exitCodes } from "./exit-code.ts";

/** The one connected process whose id is `name`, or begins with it. Throws a CommandFailure where there is none, or several. */
export function findInstance(clients: readonly ConnectedClient[], name: string): ConnectedClient {
  const ids = clients.map(({ id }) => id);
  const found = findByName(ids, name);
  if (found !== undefined) return clients.find(({ id }) => id === found)!;
  const known = clients.length === 0 ? "no process is connected" : `connected are ${ids.join(", ")}`;
  throw new CommandFailure(exitCodes.notFine, `error: no connected process is called ${name}: ${known}`);
}

/** The one of `ids` that is `name`, or begins with it; undefined where none does. Throws a CommandFailure for several. */
export function findByName(ids: readonly string[], name: string): string | undefined {
  if (ids.includes(name)) return name;
  const matching = ids.filter((id) => id.startsWith(name));
  if (matching.length > 1) throw usageFailure(`${name} may be ${matching.join(", ")}: name one of them`);
  return matching[0];
}

/** The page of a process's admin port. Throws a CommandFailure where it has none, or another process answers there. */
export async function readInstancePage({ id, admin }: ConnectedClient, path: string): Promise<unknown> {
  if (admin === undefined) throw failure(`${id} has no admin port: ${adminPortHint}`);
  const [self, answer] = await Promise.all([readAdminPage(admin, "/snapshot"), readAdminPage(admin, path)]);
  if (!self.ok) throw failure(`the admin port of ${id} at ${admin} ${self.reason}${elsewhere}`);
  if (!answer.ok) throw failure(`the admin port of ${id} at ${admin} ${answer.reason}`);
  const { instance } = (self.page ?? {}) as { readonly instance?: unknown };
  if (instance !== id) throw failure(`${admin} is the admin port of ${String(instance)}, not of ${id}${elsewhere}`);
  return answer.page;
}

/** The same for a change, by POST. The process is asked who it is first: what is changed is not another one. */
export async function changeInstancePage(client: ConnectedClient, path: string): Promise<unknown> {
  await readInstancePage(client, "/snapshot");
  const answer = await readAdminPage(client.admin!, path, "POST");
  if (!answer.ok) throw failure(`the admin port of ${client.id} at ${client.admin} ${answer.reason}`);
  return answer.page;
}

/** Admin ports listen on loopback only. */
const elsewhere = "; an admin port answers on its own machine only: run the command where the process runs";

function failure(message: string): CommandFailure {
  return new CommandFailure(exitCodes.notFine, `error: ${message}`);
}
