import type { CommandResult } from "../command-result.ts";
import { type ConnectedClient, type ConnectedClients, connectedClients } from "../connected-clients.ts";
import { exitCodes } from "../exit-code.ts";
import { type DrainedInstances, drainedInstances } from "../registered-instances.ts";
import type { RegistryClient } from "../registry-client.ts";
import { layOutColumns } from "../render/columns.ts";
import { type Output, renderDocument } from "../render/document.ts";
import { ageText } from "../render/duration.ts";

/**
 * What the registry's knowledge of a client comes to. UNKNOWN: what it runs has no revision of the registry's; it is
 * starting, or has sources beside the registry.
 */
export type SyncStatus = "SYNCED" | "STALE" | "REJECTED" | "UNKNOWN";

/** A report that was lost is told again after 25 s: who is behind for longer is not reached. */
const staleForLongMs = 30_000;

/** Characters of a reason that fit into a table; the whole of it follows below. */
const shownReasonChars = 60;

/** Says which processes are connected, at which revision, and what they refused. */
export async function status(registry: RegistryClient, output: Output | "wide"): Promise<CommandResult> {
  const [connected, drained] = await Promise.all([connectedClients(registry), drainedInstances(registry)]);
  const code = connected.clients.some((client) => !isFine(client, connected)) ? exitCodes.notFine : exitCodes.fine;
  if (output !== "text" && output !== "wide")
    return { out: renderDocument(describe(connected, drained), output), err: [], code };
  if (connected.clients.length === 0) {
    return { out: "", err: ["No process is connected: none has been heard of within the last minute."], code };
  }
  const isWide = output === "wide";
  const header = ["NAME", "SERVICE", "NAMESPACE", "VERSION", "REVISION", "STATUS", "ADMIN", "AGE"];
  const rows = [header, ...connected.clients.map((client) => rowOf(client, connected, drained))];
  const libraries = ["INTRAMESH", ...connected.clients.map(({ library }) => library ?? "-")];
  const shown = isWide ? rows.map((row, at) => [...row, libraries[at]!]) : rows;
  return { out: layOutColumns(shown) + rejections(connected.clients), err: [], code };
}

function statusOf({ revision, rejected }: ConnectedClient, { revision: newest }: ConnectedClients): SyncStatus {
  if (rejected.length > 0) return "REJECTED";
  if (revision === 0) return "UNKNOWN";
  return revision === newest ? "SYNCED" : "STALE";
}

function isFine(client: ConnectedClient, connected: ConnectedClients): boolean {
  const is = statusOf(client, connected);
  return is !== "REJECTED" && (is !== "STALE" || client.behindMs < staleForLongMs);
}

function rowOf(client: ConnectedClient, connected: ConnectedClients, drained: DrainedInstances): string[] {
  const { id, service, namespace, labels, revision, admin, ageMs } = client;
  const running = revision === 0 ? "-" : String(revision);
  const text = statusText(client, connected) + (drained.since(client) === undefined ? "" : " DRAINED");
  return [id, service, namespace, labels["version"] ?? "-", running, text, admin ?? "-", ageText(ageMs)];
}

function statusText(client: ConnectedClient, connected: ConnectedClients): string {
  const is = statusOf(client, connected);
  const { rejected, revision, behindMs } = client;
  if (is === "REJECTED") {
    const reason = rejected[0]!.replaceAll(/\s+/g, " ");
    return `REJECTED ${reason.length > shownReasonChars ? `${reason.slice(0, shownReasonChars)}…` : reason}`;
  }
  if (is !== "STALE") return is;
  const behind = connected.revision - revision;
  // Its registry had another history: this one lost its data, or is another one.
  if (behind < 0) return `STALE ahead by ${-behind}`;
  return `STALE behind by ${behind} for ${ageText(behindMs)}`;
}

/** The reasons in full, for those whose cell is too small or who have several. */
function rejections(clients: readonly ConnectedClient[]): string {
  const refusing = clients.filter(
    ({ rejected }) => rejected.length > 1 || (rejected[0]?.length ?? 0) > shownReasonChars,
  );
  return refusing
    .map(({ id, rejected }) => `\n${id} refused\n${rejected.map((line) => `  ${line}\n`).join("")}`)
    .join("");
}

function describe(connected: ConnectedClients, drained: DrainedInstances): object {
  const clients = connected.clients.map((client) => {
    const { id, service, namespace, labels, revision, behindMs, rejected, library, admin, ageMs } = client;
    return {
      name: id,
      service,
      namespace,
      version: labels["version"] ?? null,
      revision,
      status: statusOf(client, connected),
      behind: revision === 0 ? null : connected.revision - revision,
      behindMs,
      rejected,
      library: library ?? null,
      admin: admin ?? null,
      drainedSince: drained.since(client) ?? null,
      ageMs,
    };
  });
  return { revision: connected.revision, clients };
}
