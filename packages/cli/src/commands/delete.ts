import type { KindInfo } from "@intramesh/config";
import type { CommandResult } from "../command-result.ts";
import { usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { identifyDocument } from "../identify-document.ts";
import { parseKind, resourceName } from "../kind-argument.ts";
import { loadDocuments } from "../load-documents.ts";
import { objectPath, type RegistryClient, refusalText } from "../registry-client.ts";

export interface DeleteOptions {
  /** `KIND NAME…`, `KIND/NAME…`, or none where `files` says what. */
  readonly targets: readonly string[];
  readonly files: readonly string[];
  readonly namespace: string | undefined;
  readonly ignoreNotFound: boolean;
  readonly readStdin: () => string;
}

interface Doomed {
  readonly info: KindInfo;
  readonly namespace: string;
  readonly name: string;
}

/** Deletes objects by name, or those that files describe. */
export async function deleteObjects(client: RegistryClient, options: DeleteOptions): Promise<CommandResult> {
  const { doomed, errors } = options.files.length > 0 ? fromFiles(options) : { doomed: fromNames(options), errors: [] };
  const err = [...errors];
  let out = "";
  let failed = errors.length > 0;
  for (const { info, namespace, name } of doomed) {
    const answer = await client.delete(objectPath(info, namespace, name));
    if (answer.ok) out += `${resourceName(info, name)} deleted\n`;
    else if (answer.refusal.status !== 404 || !options.ignoreNotFound) {
      err.push(refusalText(answer.refusal));
      failed = true;
    }
  }
  return { out, err, code: failed ? exitCodes.notFine : exitCodes.fine };
}

function fromNames({ targets, namespace = "default" }: DeleteOptions): Doomed[] {
  const [first, ...names] = targets;
  if (first === undefined) throw usageFailure("say what to delete: KIND NAME…, KIND/NAME…, or -f FILE");
  if (first.includes("/")) {
    return targets.map((target) => {
      const [kind, name, ...more] = target.split("/");
      if (!name || more.length > 0) throw usageFailure(`${target} is not KIND/NAME`);
      return { info: parseKind(kind!), namespace, name };
    });
  }
  const info = parseKind(first);
  if (names.length === 0) throw usageFailure(`say which ${info.kind} to delete: ${first} NAME…`);
  return names.map((name) => ({ info, namespace, name }));
}

function fromFiles(options: DeleteOptions): { readonly doomed: Doomed[]; readonly errors: readonly string[] } {
  if (options.targets.length > 0) throw usageFailure("either -f FILE or KIND NAME…, not both");
  const { documents, errors } = loadDocuments(options.files, options.readStdin);
  const doomed: Doomed[] = [];
  const all = [...errors];
  for (const document of documents) {
    const identity = identifyDocument(document, options.namespace);
    if (identity.ok) doomed.push(identity);
    else all.push(identity.error);
  }
  // What lives in a namespace goes before the namespace.
  return { doomed: doomed.reverse(), errors: all };
}
