import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatYaml, parseYamlDocuments } from "@intramesh/discovery/yaml-documents";
import { CommandFailure, type CommandResult, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { parseKind, resourceName } from "../kind-argument.ts";
import type { OpenEditor } from "../open-editor.ts";
import {
  type Answer,
  objectPath,
  type Refusal,
  type RegistryClient,
  refusalText,
  refused,
} from "../registry-client.ts";
import { resourceDiff } from "../render/resource-diff.ts";

/** Options of `edit`. */
export interface EditOptions {
  /** `KIND` or `KIND/NAME`. */
  readonly what: string;
  readonly name: string | undefined;
  readonly namespace: string;
  readonly openEditor: OpenEditor;
}

type Json = Readonly<Record<string, unknown>> & { readonly metadata: Readonly<Record<string, unknown>> };

const help = [
  "Change the object below and save it. Lines that begin with # are left out; an empty file cancels.",
  "Where something is wrong the file is opened again, with what it is.",
];

/** Opens an object in an editor, and again with what is wrong until the registry takes it or it comes back unchanged. */
export async function edit(client: RegistryClient, options: EditOptions): Promise<CommandResult> {
  const [kind, nameInside, ...more] = options.what.split("/");
  const name = options.name ?? nameInside;
  if (name === undefined || more.length > 0 || (nameInside !== undefined && options.name !== undefined))
    throw usageFailure("name one object to edit: KIND NAME, or KIND/NAME");
  const info = parseKind(kind!);
  const path = objectPath(info, options.namespace, name);
  const title = resourceName(info, name);
  let live = await read(client, path);
  let text = formatYaml(shown(live));
  let wrong: readonly string[] = [];
  const file = createFile(name);
  for (;;) {
    const opened = commented([...help, ...wrong]) + text;
    writeFileSync(file.path, opened, { mode: 0o600 });
    const saved = await editedText(options.openEditor, file, text);
    if (saved === text || saved.trim() === "") {
      if (wrong.length === 0) return file.remove("Edit cancelled, no changes made.", exitCodes.fine);
      return file.keep("Edit cancelled: the registry did not take what was saved last.");
    }
    text = saved;
    const parsed = parseEdited(saved, live);
    if (typeof parsed === "string") {
      wrong = [parsed];
      continue;
    }
    const answer = await save(client, path, parsed, live).catch((error: unknown) => {
      throw keptElsewhere(error, file);
    });
    if (answer.ok) {
      const { err } = file.remove("", exitCodes.fine);
      const warnings = answer.warnings.map((warning) => `Warning: ${warning}`);
      return { out: `${title} edited\n`, err: [...err, ...warnings], code: exitCodes.fine };
    }
    const { refusal } = answer;
    if (refusal.status === 409) {
      const newest = await read(client, path);
      wrong = conflict(live, newest);
      live = newest;
    } else if (refusal.status === 422 || refusal.status === 400) wrong = findings(refusal);
    else return file.keep(refusalText(refusal));
  }
}

/** A status that has changed meanwhile is no conflict: it is not edited. */
async function save(client: RegistryClient, path: string, edited: Json, live: Json): Promise<Answer> {
  let [body, before] = [edited, live];
  for (;;) {
    const status = "status" in before ? { status: before["status"] } : {};
    const answer = await client.put(path, { ...body, ...status });
    if (answer.ok || answer.refusal.status !== 409) return answer;
    const newest = await read(client, path);
    const { resourceVersion } = newest.metadata;
    if (resourceVersion === before.metadata["resourceVersion"] || resourceDiff(before, newest) !== "") return answer;
    before = newest;
    body = { ...body, metadata: { ...body.metadata, resourceVersion } };
  }
}

async function read(client: RegistryClient, path: string): Promise<Json> {
  const answer = await client.get(path);
  if (!answer.ok) throw refused(answer);
  return answer.body as Json;
}

/** The status and who wrote which field are nobody's to edit. */
function shown({ metadata, status: _status, ...rest }: Json): object {
  const { managedFields: _managed, ...others } = metadata;
  const { apiVersion, kind, ...more } = rest as Readonly<Record<string, unknown>>;
  return { apiVersion, kind, metadata: others, ...more };
}

function commented(lines: readonly string[]): string {
  return lines
    .flatMap((line) => line.split("\n"))
    .map((line) => `# ${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

/** What the file holds after the editor, without comment lines. */
async function editedText(openEditor: OpenEditor, file: EditedFile, before: string): Promise<string> {
  try {
    await openEditor(file.path);
  } catch (error) {
    if (withoutComments(file.read()) !== before) throw keptElsewhere(error, file);
    file.remove("", exitCodes.notFine);
    throw error;
  }
  return withoutComments(file.read());
}

function withoutComments(text: string): string {
  return text.replaceAll(/^#.*(\r?\n|$)/gm, "");
}

/** The object, or what is wrong with the text. */
function parseEdited(text: string, live: Json): Json | string {
  const { documents, errors } = parseYamlDocuments(text, "the file");
  if (errors.length > 0) return errors.map(({ message }) => message).join("\n");
  const value = documents[0]?.value as Json | undefined;
  if (documents.length !== 1 || typeof value !== "object" || value === null) return "The file must hold one object.";
  const { kind, metadata } = value;
  const isSame = kind === live["kind"] && metadata?.["name"] === live.metadata["name"];
  if (!isSame) return `kind and metadata.name must stay ${live["kind"]} and ${live.metadata["name"]}.`;
  return value;
}

function findings({ message, causes }: Refusal): string[] {
  if (causes.length === 0) return ["It is not valid:", message];
  return ["It is not valid:", ...causes.map(({ field, message: each }) => `* ${field}: ${each}`)];
}

/** Setting the revision says that the other's change has been seen: a file that is merely closed changes nothing. */
function conflict(before: Json, newest: Json): string[] {
  return [
    "Somebody else has changed it meanwhile, as follows. Take over what shall stay,",
    `and set metadata.resourceVersion to "${newest.metadata["resourceVersion"]}" to save yours.`,
    resourceDiff(before, newest).trimEnd(),
  ];
}

/** The file that is edited, in a folder of its own. */
interface EditedFile {
  readonly path: string;
  read(): string;
  /** Ends without the file. */
  remove(message: string, code: CommandResult["code"]): CommandResult;
  /** Ends badly, and says where the file is. */
  keep(message: string): CommandResult;
}

function createFile(name: string): EditedFile {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-edit-"));
  const path = join(folder, `${name.replaceAll(/[^\w.-]/g, "_")}.yaml`);
  return {
    path,
    read: () => readFileSync(path, "utf8"),
    remove(message, code) {
      rmSync(folder, { recursive: true, force: true });
      return { out: "", err: message === "" ? [] : [message], code };
    },
    keep(message) {
      return { out: "", err: [message, `A copy of the changes is in ${path}`], code: exitCodes.notFine };
    },
  };
}

/** What was typed is not lost with a registry that is away. */
function keptElsewhere(error: unknown, file: EditedFile): unknown {
  if (!(error instanceof CommandFailure)) return error;
  return new CommandFailure(error.code, `${error.message}\nA copy of the changes is in ${file.path}`);
}
