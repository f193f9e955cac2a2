import { apiVersionOf, type KindInfo } from "@intramesh/config";
import type { Clock } from "@intramesh/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { bodyOf, sendJson } from "../http/app.ts";
import { readJsonObject } from "../http/read-json.ts";
import { badRequest, methodNotAllowed, notFound } from "../http/status.ts";
import type { ObjectWriter, Preconditions, Written } from "../objects/object-writer.ts";
import type { RegistryState } from "../state/registry-state.ts";
import type { StoredObject } from "../state/stored-object.ts";
import type { WatchHub } from "../watch/watch-hub.ts";
import { definitions } from "./definitions.ts";
import { isTrue, type KubeQuery, parseWriteOptions } from "./kube-query.ts";
import { applyPatch, patchType } from "./patch/apply-patch.ts";
import { parseSelectors, type Selector } from "./selectors.ts";
import { definitionKind, eventKind, readOnlyKinds, servedKinds } from "./served-kinds.ts";
import { parseIncludeObject, prefersTable, tableJson } from "./table.ts";
import { watchObjects } from "./watch-objects.ts";

/** The parts of the registry that the Kubernetes-shaped API stands on. */
export interface KubeParts {
  readonly state: RegistryState;
  readonly writer: ObjectWriter;
  readonly hub: WatchHub;
  readonly clock: Clock;
}

/** One kind under one of its versions: the versions are names for the same objects. */
interface Served extends KubeParts {
  readonly info: KindInfo;
  readonly version: string;
}

interface Params {
  readonly namespace?: string;
  readonly name: string;
}

type Request = FastifyRequest<{ Params: Params; Querystring: KubeQuery }>;

/** Lists, reads, writes and watches every kind in every version; some are there to be read only. */
export function addObjectRoutes(app: FastifyInstance, parts: KubeParts): void {
  for (const info of servedKinds) for (const version of info.versions) addKind(app, { ...parts, info, version });
}

function addKind(app: FastifyInstance, served: Served): void {
  const { info, version } = served;
  const base = info.group === "" ? `/api/${version}` : `/apis/${info.group}/${version}`;
  const everywhere = `${base}/${info.plural}`;
  const collection = info.namespaced ? `${base}/namespaces/:namespace/${info.plural}` : everywhere;
  const item = `${collection}/:name`;
  const refuse = (): never => {
    throw methodNotAllowed();
  };
  type Route = { Params: Params; Querystring: KubeQuery };
  if (info.namespaced) {
    app.get<Route>(everywhere, (request, reply) => list(served, request, reply));
    app.route({ method: ["POST", "PUT", "PATCH", "DELETE"], url: everywhere, handler: refuse });
  }
  app.get<Route>(collection, (request, reply) => list(served, request, reply));
  app.get<Route>(item, (request, reply) => read(served, request, reply));
  if (readOnlyKinds.includes(info)) {
    for (const url of [collection, item]) {
      app.route({ method: ["POST", "PUT", "PATCH", "DELETE"], url, handler: refuse });
    }
    return;
  }
  app.post<Route>(collection, (request, reply) => create(served, request, reply));
  app.route({ method: ["PUT", "PATCH", "DELETE"], url: collection, handler: refuse });
  app.put<Route>(item, (request, reply) => replace(served, request, reply));
  app.patch<Route>(item, (request, reply) => patch(served, request, reply));
  app.delete<Route>(item, (request, reply) => remove(served, request, reply));
  app.route({ method: ["POST"], url: item, handler: refuse });
}

function list(served: Served, request: Request, reply: FastifyReply): FastifyReply | undefined {
  const { state, info, version } = served;
  const { namespace } = request.params;
  // Events are selected by fields of their own; there is none to select.
  const { labelSelector, fieldSelector } = info === eventKind ? {} : request.query;
  const selected = parseSelectors(labelSelector, fieldSelector);
  const wants: Selector = (object) => (namespace === undefined || object.namespace === namespace) && selected(object);
  if (isTrue(request.query.watch)) return watch(served, request, reply, wants);
  const objects = [...objectsOf(served)].filter(wants).sort(byName);
  if (prefersTable(request.headers.accept)) return sendTable(served, request, reply, objects, state.revision);
  const head = JSON.stringify({
    kind: `${info.kind}List`,
    apiVersion: apiVersionOf(info, version),
    metadata: { resourceVersion: String(state.revision) },
  });
  const items = objects.map((object) => render(served, object)).join(",");
  return sendJson(reply, 200, `${head.slice(0, -1)},"items":[${items}]}`);
}

function watch(served: Served, request: Request, reply: FastifyReply, wants: Selector): undefined {
  const { state, hub, info, version } = served;
  const asTable = prefersTable(request.headers.accept);
  const include = parseIncludeObject(request.query.includeObject);
  const wallMs = (): number => served.clock.wallMs();
  watchObjects(
    reply,
    state,
    hub,
    {
      info,
      apiVersion: apiVersionOf(info, version),
      wants,
      fixed: info === definitionKind ? definitions : undefined,
      render: (object) =>
        asTable ? tableJson([object], info, object.revision, wallMs(), include) : render(served, object),
    },
    request.query,
  );
}

function read(served: Served, request: Request, reply: FastifyReply): FastifyReply | undefined {
  const { name, namespace = "" } = request.params;
  if (isTrue(request.query.watch)) {
    return watch(served, request, reply, (object) => object.name === name && object.namespace === namespace);
  }
  const object = find(served, request.params);
  if (prefersTable(request.headers.accept)) return sendTable(served, request, reply, [object], object.revision);
  return sendJson(reply, 200, render(served, object));
}

function create(served: Served, request: Request, reply: FastifyReply): FastifyReply {
  const body = readJsonObject(bodyOf(request));
  const options = parseWriteOptions(request.query);
  const written = served.writer.create(served.info, request.params.namespace ?? "", body, options);
  return sendWritten(served, reply, 201, written);
}

function replace(served: Served, request: Request, reply: FastifyReply): FastifyReply {
  const body = readJsonObject(bodyOf(request));
  const previous = find(served, request.params);
  return sendWritten(served, reply, 200, served.writer.replace(previous, body, parseWriteOptions(request.query)));
}

function patch(served: Served, request: Request, reply: FastifyReply): FastifyReply {
  patchType(served.info.kind, request.headers["content-type"]);
  const previous = find(served, request.params);
  const before = JSON.parse(render(served, previous)) as Readonly<Record<string, unknown>>;
  const after = applyPatch(served.info.kind, before, request.headers["content-type"], bodyOf(request));
  return sendWritten(served, reply, 200, served.writer.replace(previous, after, parseWriteOptions(request.query)));
}

function remove(served: Served, request: Request, reply: FastifyReply): FastifyReply {
  const object = find(served, request.params);
  const options = bodyOf(request) === "" ? {} : readJsonObject(bodyOf(request));
  const dryRun = parseWriteOptions(request.query).dryRun || JSON.stringify(options["dryRun"]) === '["All"]';
  served.writer.remove(object, parsePreconditions(options["preconditions"]), dryRun);
  const { info, name, resource } = object;
  const group = info.group === "" ? {} : { group: info.group };
  const details = { name, ...group, kind: info.plural, uid: resource.metadata.uid };
  return reply.send({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details, code: 200 });
}

function objectsOf({ state, info }: Served): Iterable<StoredObject> {
  return info === definitionKind ? definitions : state.ofKind(info);
}

function find({ state, info }: Served, { namespace = "", name }: Params): StoredObject {
  const object =
    info === definitionKind
      ? definitions.find((definition) => definition.name === name)
      : state.get(info, namespace, name);
  if (object === undefined) throw notFound(info, name);
  return object;
}

function parsePreconditions(value: unknown): Preconditions {
  if (value === undefined || value === null) return {};
  const { uid, resourceVersion } = value as Readonly<Record<string, unknown>>;
  const bothText = [uid, resourceVersion].every((entry) => entry === undefined || typeof entry === "string");
  if (!bothText) throw badRequest("preconditions: uid and resourceVersion must be text");
  return value as Preconditions;
}

function sendWritten(served: Served, reply: FastifyReply, code: number, { object, warnings }: Written): FastifyReply {
  if (warnings.length > 0) reply.header("warning", warnings.map(warningHeader));
  return sendJson(reply, code, render(served, object));
}

/** RFC 7234, 5.5; code 299 is "miscellaneous". */
function warningHeader(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, "?").replaceAll(/["\\]/g, "\\$&");
  return `299 - "${plain}"`;
}

function sendTable(
  { info, clock }: Served,
  request: Request,
  reply: FastifyReply,
  objects: readonly StoredObject[],
  revision: number,
): FastifyReply {
  const include = parseIncludeObject(request.query.includeObject);
  return sendJson(reply, 200, tableJson(objects, info, revision, clock.wallMs(), include));
}

/** The object's JSON under the version that the client named. */
function render({ info, version }: Served, object: StoredObject): string {
  if (version === info.versions[0]) return object.json;
  return JSON.stringify({ ...object.resource, apiVersion: apiVersionOf(info, version) });
}

function byName(a: StoredObject, b: StoredObject): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
