import type { KindInfo } from "@intramesh/config";
import { formatYaml } from "@intramesh/discovery/yaml-documents";
import { type CommandResult, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { parseKinds, resourceName } from "../kind-argument.ts";
import { collectionPath, objectPath, type RegistryClient, refused } from "../registry-client.ts";
import { columnWidths, layOutColumns } from "../render/columns.ts";

export interface GetOptions {
  /** `KIND`, `KIND,KIND` or `KIND/NAME`. */
  readonly what: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly allNamespaces: boolean;
  readonly output: "table" | "wide" | "yaml" | "json" | "name";
  readonly selector: string | undefined;
  readonly watch: boolean;
}

type Json = Readonly<Record<string, unknown>>;

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
}

/** Kubernetes' Table, as far as it is read here. */
interface Table {
  readonly metadata: { readonly resourceVersion: string };
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: { readonly metadata: Metadata } }[];
}

interface ObjectList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly (Json & { readonly metadata: Metadata })[];
}

const tableType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** Shows objects. */
export async function get(client: RegistryClient, options: GetOptions): Promise<CommandResult> {
  const [what, nameInside, ...more] = options.what.split("/");
  if (more.length > 0 || (nameInside !== undefined && options.name !== undefined)) {
    throw usageFailure(`${options.what} is not KIND or KIND/NAME`);
  }
  const name = options.name ?? nameInside;
  const infos = parseKinds(what!);
  if (name !== undefined && options.allNamespaces)
    throw usageFailure("a NAME is in one namespace: leave out -A or NAME");
  if (name !== undefined && infos.length > 1) throw usageFailure("a NAME is of one kind: name one KIND only");
  if (options.watch && infos.length > 1) throw usageFailure("-w follows one kind: name one KIND only");
  const query: Query = { client, options, name, infos };
  return options.output === "table" || options.output === "wide" ? getTables(query) : getObjects(query);
}

interface Query {
  readonly client: RegistryClient;
  readonly options: GetOptions;
  readonly name: string | undefined;
  readonly infos: readonly KindInfo[];
}

async function getObjects(query: Query): Promise<CommandResult> {
  const { options, name, infos } = query;
  const lists = await Promise.all(infos.map((info) => fetchObjects(query, info)));
  const items = lists.flatMap((list) => list.items);
  const shown = name === undefined ? { apiVersion: "v1", kind: "List", metadata: {}, items } : items[0];
  const format = formats[options.output as keyof typeof formats];
  const out =
    options.output === "name"
      ? infos
          .flatMap((info, at) => lists[at]!.items.map(({ metadata }) => `${resourceName(info, metadata.name)}\n`))
          .join("")
      : options.watch
        ? items.map((item) => format(infos[0]!, item)).join("")
        : format(infos[0]!, shown as Json);
  const result = { out, err: [], code: exitCodes.fine };
  if (!options.watch) return result;
  const info = infos[0]!;
  return { ...result, follow: followObjects(query, info, lists[0]!.metadata.resourceVersion, format) };
}

type Format = (info: KindInfo, object: Json) => string;

const formats: Readonly<Record<"yaml" | "json" | "name", Format>> = {
  yaml: (_info, object) => formatYaml(object),
  json: (_info, object) => `${JSON.stringify(object, null, 2)}\n`,
  name: (info, object) => `${resourceName(info, (object["metadata"] as Metadata).name)}\n`,
};

async function fetchObjects(query: Query, info: KindInfo): Promise<ObjectList> {
  const answer = await query.client.get(pathOf(query, info));
  if (!answer.ok) throw refused(answer);
  if (query.name === undefined) {
    // Items of a list say what they are, too.
    return answer.body as ObjectList;
  }
  const object = answer.body as ObjectList["items"][number] & {
    readonly metadata: { readonly resourceVersion: string };
  };
  return { metadata: object.metadata, items: [object] };
}

async function* followObjects(query: Query, info: KindInfo, from: string, format: Format): AsyncGenerator<string> {
  for await (const event of query.client.lines(watchPathOf(query, info, from), "application/json")) {
    const { type, object } = event as { readonly type: string; readonly object: Json };
    if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") {
      yield (query.options.output === "yaml" ? "---\n" : "") + format(info, object);
    }
  }
}

async function getTables(query: Query): Promise<CommandResult> {
  const { options, infos } = query;
  const tables = await Promise.all(infos.map((info) => fetchTable(query, info)));
  const filled = infos.map((info, at) => ({ info, table: tables[at]! })).filter(({ table }) => table.rows.length > 0);
  const texts = filled.map(({ info, table }) => layOutColumns(rowsOf(query, info, table, true)));
  const isEmpty = filled.length === 0 && !options.watch;
  const where = options.allNamespaces ? "" : ` in ${options.namespace ?? "default"} namespace`;
  const result = {
    out: texts.join("\n"),
    err: isEmpty ? [`No resources found${infos[0]!.namespaced ? where : ""}.`] : [],
    code: exitCodes.fine,
  };
  return options.watch ? { ...result, follow: followRows(query, infos[0]!, tables[0]!) } : result;
}

async function fetchTable(query: Query, info: KindInfo): Promise<Table> {
  const answer = await query.client.get(pathOf(query, info), tableType);
  if (!answer.ok) throw refused(answer);
  return answer.body as Table;
}

/** Later rows keep the columns of the first table, where they fit. */
async function* followRows(query: Query, info: KindInfo, first: Table): AsyncGenerator<string> {
  const widths = columnWidths(rowsOf(query, info, first, true));
  let headed = first.rows.length > 0;
  for await (const event of query.client.lines(watchPathOf(query, info, first.metadata.resourceVersion), tableType)) {
    const { type, object } = event as { readonly type: string; readonly object: Table };
    if (type !== "ADDED" && type !== "MODIFIED" && type !== "DELETED") continue;
    yield layOutColumns(rowsOf(query, info, object, !headed), widths);
    headed = true;
  }
}

function rowsOf({ options, infos }: Query, info: KindInfo, table: Table, withHead: boolean): string[][] {
  const shown = table.columnDefinitions.flatMap(({ priority }, index) =>
    priority === 0 || options.output === "wide" ? [index] : [],
  );
  const head = shown.map((index) => table.columnDefinitions[index]!.name.toUpperCase());
  const rows = table.rows.map(({ cells, object }) => {
    const { namespace = "", name } = object.metadata;
    const texts = shown.map((index) => String(cells[index] ?? ""));
    if (infos.length > 1) texts[0] = resourceName(info, name);
    return options.allNamespaces && info.namespaced ? [namespace, ...texts] : texts;
  });
  if (!withHead) return rows;
  return [options.allNamespaces && info.namespaced ? ["NAMESPACE", ...head] : head, ...rows];
}

function pathOf({ options, name }: Query, info: KindInfo): string {
  const namespace = options.namespace ?? "default";
  if (name !== undefined) return objectPath(info, namespace, name);
  const path = collectionPath(info, options.allNamespaces ? undefined : namespace);
  return options.selector === undefined ? path : `${path}?labelSelector=${encodeURIComponent(options.selector)}`;
}

function watchPathOf({ options, name }: Query, info: KindInfo, from: string): string {
  const parameters = new URLSearchParams({ watch: "true", resourceVersion: from });
  if (options.selector !== undefined) parameters.set("labelSelector", options.selector);
  if (name !== undefined) parameters.set("fieldSelector", `metadata.name=${name}`);
  return `${collectionPath(info, options.allNamespaces ? undefined : (options.namespace ?? "default"))}?${parameters}`;
}
