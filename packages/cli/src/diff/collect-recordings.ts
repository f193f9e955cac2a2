import { readFileSync } from "node:fs";
import { adminPortHint, readAdminPage } from "../admin-client.ts";
import { CommandFailure, usageFailure } from "../command-result.ts";
import { type ConnectedClient, connectedClients } from "../connected-clients.ts";
import { exitCodes } from "../exit-code.ts";
import type { RegistryClient } from "../registry-client.ts";
import { parseRecording, type Recording } from "./recording.ts";

/** Where recordings are looked for: where neither is named, at every process that the registry knows. */
export interface RecordingPlaces {
  /** URLs of admin ports. */
  readonly admins: readonly string[];
  /** Files with what an admin port answered, or a list of such. */
  readonly files: readonly string[];
}

/** What was found, and what could not be asked. */
export interface CollectedRecordings {
  readonly recordings: readonly Recording[];
  /** For stderr, a line each. */
  readonly notes: readonly string[];
}

/** Throws a CommandFailure where a place that the command names cannot be read; the registry's are left out with a note. */
export async function collectRecordings(
  registry: RegistryClient,
  { admins, files }: RecordingPlaces,
): Promise<CollectedRecordings> {
  if (admins.length === 0 && files.length === 0) return askAll((await connectedClients(registry)).clients);
  const read = files.flatMap(readRecordings);
  const asked = await Promise.all(admins.map(askNamed));
  return { recordings: [...read, ...asked], notes: [] };
}

/** What to tell where nothing has been recorded. */
export const nothingRecorded: string = `No requests are recorded: a process keeps its last 1,000 while it has an admin port; ${adminPortHint}.`;

async function askAll(clients: readonly ConnectedClient[]): Promise<CollectedRecordings> {
  const silent = clients.filter(({ admin }) => admin === undefined).map(({ id }) => id);
  const notes = silent.length === 0 ? [] : [`note: without an admin port, and left out: ${namesText(silent)}`];
  const answers = await Promise.all(
    clients.flatMap(({ id, admin }) => (admin === undefined ? [] : [askConnected(id, admin)])),
  );
  return {
    recordings: answers.filter((answer) => typeof answer !== "string"),
    notes: [...notes, ...answers.filter((answer) => typeof answer === "string")],
  };
}

/** Names that a note tells; how many more there are is enough. */
const maxNames = 5;

function namesText(names: readonly string[]): string {
  const more = names.length - maxNames;
  return names.slice(0, maxNames).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** The recording, or a note why there is none. */
async function askConnected(id: string, admin: string): Promise<Recording | string> {
  const recording = await ask(admin);
  if (typeof recording === "string") return `note: ${id} is left out: ${recording}`;
  const { instance } = recording.client;
  // Admin ports are on loopback: the same port of this machine may be somebody else's.
  if (instance === id) return recording;
  return `note: ${id} is left out: its admin port ${admin} is that of ${instance} here; run the command where the process runs`;
}

async function askNamed(admin: string): Promise<Recording> {
  const recording = await ask(admin);
  if (typeof recording === "string") throw new CommandFailure(exitCodes.notFine, `error: --admin: ${recording}`);
  return recording;
}

async function ask(admin: string): Promise<Recording | string> {
  const answer = await readAdminPage(admin, "/recorded");
  if (!answer.ok) return `its admin port ${admin} ${answer.reason}`;
  const recording = parseRecording(answer.page);
  return typeof recording === "string" ? `its admin port ${admin} answers with no recording: ${recording}` : recording;
}

function readRecordings(file: string): Recording[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw usageFailure(`--recorded ${file} cannot be read: ${(cause as Error).message}`);
  }
  return (Array.isArray(value) ? value : [value]).map((item) => {
    const recording = parseRecording(item);
    if (typeof recording === "string") throw usageFailure(`--recorded ${file} is no recording: ${recording}`);
    return recording;
  });
}
