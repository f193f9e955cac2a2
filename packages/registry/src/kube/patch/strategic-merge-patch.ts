import { badRequest } from "../../http/status.ts";

/**
 * Kinds that take strategic merge patches, with the key by which the items of their lists are told apart.
 * Lists that are not named are replaced as a whole. From the Go types of Kubernetes' core/v1 (`patchMergeKey`).
 */
const mergeKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Service: { "spec.ports": "port" },
  Namespace: {},
  ConfigMap: {},
  Secret: {},
  ServiceAccount: { secrets: "name", imagePullSecrets: "name" },
  Deployment: {
    ...containerKeys("containers"),
    ...containerKeys("initContainers"),
    "spec.template.spec.imagePullSecrets": "name",
    "spec.template.spec.volumes": "name",
  },
};

type Json = Readonly<Record<string, unknown>>;

/** Those of core/v1's Container, in a pod template. */
function containerKeys(list: string): Readonly<Record<string, string>> {
  const path = `spec.template.spec.${list}`;
  return {
    [path]: "name",
    [`${path}.env`]: "name",
    [`${path}.ports`]: "containerPort",
    [`${path}.volumeMounts`]: "mountPath",
    [`${path}.volumeDevices`]: "devicePath",
  };
}

/** True where kubectl sends this kind strategic merge patches, having its type compiled in. */
export function takesStrategicMerge(kind: string): boolean {
  return Object.hasOwn(mergeKeys, kind);
}

/** Applies a strategic merge patch as far as these kinds need it. Nothing is changed in place. */
export function strategicMergePatch(kind: string, target: Json, patch: Json): unknown {
  return mergeMap(target, patch, { keys: mergeKeys[kind] ?? {}, path: "" });
}

interface Place {
  readonly keys: Readonly<Record<string, string>>;
  readonly path: string;
}

function mergeMap(target: unknown, patch: Json, place: Place): unknown {
  const directive = patch["$patch"];
  const base = isRecord(target) ? target : {};
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return {};
  const merged = new Map(Object.entries(base));
  const retained = patch["$retainKeys"];
  if (Array.isArray(retained)) for (const key of merged.keys()) if (!retained.includes(key)) merged.delete(key);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$deleteFromPrimitiveList/")) {
      const list = key.slice(key.indexOf("/") + 1);
      const kept = asList(merged.get(list)).filter((item) => !asList(value).includes(item));
      merged.set(list, kept);
    } else if (!key.startsWith("$")) {
      if (value === null) merged.delete(key);
      else
        merged.set(
          key,
          mergeValue(merged.get(key), value, inside(place, key), asList(patch[`$setElementOrder/${key}`])),
        );
    }
  }
  return Object.fromEntries(merged);
}

function mergeValue(target: unknown, value: unknown, place: Place, order: readonly unknown[]): unknown {
  if (isRecord(value)) return mergeMap(target, value, place);
  const key = place.keys[place.path];
  if (!Array.isArray(value) || key === undefined) return value;
  return mergeList(asList(target), value, key, place, order);
}

function mergeList(
  target: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  place: Place,
  order: readonly unknown[],
): unknown {
  const items = new Map(target.map((item) => [keyOf(item, key, place), item]));
  if (patch.some((item) => isRecord(item) && item["$patch"] === "replace")) items.clear();
  for (const item of patch) {
    if (!isRecord(item)) throw badRequest(`${place.path}: each item of the patch must be an object`);
    if (item["$patch"] === "replace") continue;
    const id = keyOf(item, key, place);
    if (item["$patch"] === "delete") items.delete(id);
    else items.set(id, mergeMap(items.get(id), item, place));
  }
  const rank = new Map(order.map((item, index) => [keyOf(item, key, place), index]));
  const last = order.length;
  return [...items].sort(([a], [b]) => (rank.get(a) ?? last) - (rank.get(b) ?? last)).map(([, item]) => item);
}

function keyOf(item: unknown, key: string, place: Place): unknown {
  const value = isRecord(item) ? item[key] : undefined;
  if (value === undefined) throw badRequest(`${place.path}: an item has no "${key}", which tells the items apart`);
  return value;
}

function inside({ keys, path }: Place, key: string): Place {
  return { keys, path: path === "" ? key : `${path}.${key}` };
}

function withoutDirectives(patch: Json): Json {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith("$")));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
