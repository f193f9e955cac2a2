import { isDeepStrictEqual } from "node:util";
import { apiVersionOf } from "@intramesh/config";
import type { CommandResult } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { type Identity, identifyDocument } from "../identify-document.ts";
import { resourceName } from "../kind-argument.ts";
import { type LoadedDocument, loadDocuments } from "../load-documents.ts";
import { type Answer, collectionPath, objectPath, type RegistryClient, refusalText } from "../registry-client.ts";
import { resourceDiff } from "../render/resource-diff.ts";

export interface ApplyOptions {
  readonly files: readonly string[];
  /** For resources that name none. */
  readonly namespace: string | undefined;
  /** The registry checks everything, and keeps nothing. */
  readonly dryRun: boolean;
  /** `diff` shows what differs from what the registry has. */
  readonly output: "text" | "diff";
  readonly readStdin: () => string;
}

/** Another writer may come between reading and writing this often before the command gives up. */
const maxAttempts = 5;

type Verb = "created" | "configured" | "unchanged";
/** `live` is what was there before; undefined where nothing was. */
type Applied = { readonly answer: Answer; readonly verb: Verb; readonly live: unknown };
type Known = Extract<Identity, { ok: true }>;

/**
 * Creates what is not there, and replaces spec, labels and annotations of what is there and differs. A dry run says what
 * that would come to.
 */
export async function apply(client: RegistryClient, options: ApplyOptions): Promise<CommandResult> {
  const { documents, errors } = loadDocuments(options.files, options.readStdin);
  const err = [...errors];
  let out = "";
  let failed = errors.length > 0;
  for (const document of documents) {
    const identity = identifyDocument(document, options.namespace);
    if (!identity.ok) {
      err.push(identity.error);
      failed = true;
      continue;
    }
    // One after the other: a Namespace must be there before what lives in it.
    const { answer, verb, live } = await applyOne(client, document, identity, options.dryRun);
    if (answer.ok) {
      err.push(...answer.warnings.map((text) => `Warning: ${text}`));
      const done = `${resourceName(identity.info, identity.name)} ${verb}${options.dryRun ? " (server dry run)" : ""}\n`;
      out += options.output === "diff" ? resourceDiff(live, verb === "unchanged" ? live : answer.body) : done;
    } else {
      err.push(...refusalLines(document, identity, answer));
      failed = true;
    }
  }
  if (documents.length === 0 && errors.length === 0) {
    return { out, err: ["error: there is no resource in what -f names"], code: exitCodes.notFine };
  }
  return { out, err, code: failed ? exitCodes.notFine : exitCodes.fine };
}

async function applyOne(
  client: RegistryClient,
  document: LoadedDocument,
  identity: Known,
  dryRun: boolean,
): Promise<Applied> {
  const { info, namespace, name } = identity;
  const path = objectPath(info, namespace, name);
  const query = dryRun ? "?dryRun=All" : "";
  for (let attempt = 1; ; attempt++) {
    const found = await client.get(path);
    if (!found.ok && found.refusal.status !== 404) return { answer: found, verb: "unchanged", live: undefined };
    const live = found.ok ? found.body : undefined;
    const wanted = wantedObject(document, identity);
    if (found.ok && !differs(found.body as Json, wanted)) return { answer: found, verb: "unchanged", live };
    const answer = found.ok
      ? await client.put(path + query, over(found.body as Json, wanted))
      : await client.post(collectionPath(info, namespace) + query, wanted);
    const lostRace = !answer.ok && answer.refusal.status === 409;
    if (lostRace && attempt < maxAttempts) continue;
    if (!found.ok) return { answer, verb: "created", live };
    // The registry may read the same out of what is written otherwise: a null for a field that is left out.
    const isSame =
      answer.ok && (dryRun ? isDeepStrictEqual(answer.body, live) : revisionOf(answer) === revisionOf(found));
    return { answer, verb: isSame ? "unchanged" : "configured", live };
  }
}

type Json = Readonly<Record<string, unknown>>;

function wantedObject({ value }: LoadedDocument, { info, namespace }: Known): Json {
  const metadata = value["metadata"] as Json;
  return {
    ...value,
    apiVersion: apiVersionOf(info),
    metadata: info.namespaced ? { ...metadata, namespace } : metadata,
  };
}

/** Labels and annotations count as a whole: one that is gone from the file goes from the registry. */
function differs(live: Json, wanted: Json): boolean {
  const meaning = ({ metadata, apiVersion: _a, kind: _k, status: _s, ...rest }: Json): unknown => {
    const { labels = {}, annotations = {} } = metadata as Json;
    return { rest, labels, annotations };
  };
  return !isDeepStrictEqual(meaning(live), meaning(wanted));
}

function revisionOf({ body }: Extract<Answer, { ok: true }>): unknown {
  return ((body as Json)["metadata"] as Json)["resourceVersion"];
}

function over(live: Json, wanted: Json): Json {
  const { labels, annotations } = wanted["metadata"] as Json;
  const metadata = { ...(live["metadata"] as Json), labels, annotations };
  return { ...wanted, metadata, ...("status" in live ? { status: live["status"] } : {}) };
}

/** One line for each thing that is wrong, at the line of the field. */
function refusalLines(
  { file, lineOf }: LoadedDocument,
  { info, name }: Known,
  { refusal }: Extract<Answer, { ok: false }>,
): string[] {
  if (refusal.causes.length === 0) return [`${file}:${lineOf("")}: ${refusalText(refusal)}`];
  return refusal.causes.map(
    ({ field, message }) => `${file}:${lineOf(field)}: ${info.kind} "${name}" is invalid: ${field}: ${message}`,
  );
}
