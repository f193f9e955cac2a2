import { createHash } from "node:crypto";
import { apiVersionOf, findKind, instanceMarks, type KindInfo, type Resource } from "@intramesh/config";
import type { Labels } from "@intramesh/core";
import type { InstanceAnnouncement } from "./consul-host.ts";

/** Keys of a Consul service's metadata that say something to the mesh; every other one is a label. */
export const metaKeys = {
  /** Namespace of the service; `default`. */
  namespace: "namespace",
  /** Port that callers use, where it is not the one that the process listens on. */
  servicePort: "service-port",
  /** What is spoken, as Istio names ports: `http`, `http2`, `grpc`, `tcp` …; `http`. */
  protocol: "protocol",
  /** `region/zone/subzone`; the datacenter. */
  locality: "locality",
  /** Share of the load, a whole number; the service's `Weights.Passing`. */
  weight: "weight",
  /** Id of an instance that a mesh registered. */
  instance: "intramesh-instance",
  /** The process that registered it. */
  session: "intramesh-session",
  /** JSON of the labels whose names Consul does not take as keys. */
  labels: "intramesh-labels",
} as const;

const reserved: ReadonlySet<string> = new Set(Object.values(metaKeys));

/** What Consul takes as a key of metadata. */
const metaKey = /^[A-Za-z0-9_-]{1,128}$/;

/** What Kubernetes takes as the name and as the value of a label; others nobody can select by. */
const labelName = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Longest value of metadata. */
const maxMetaChars = 512;

/** The kind that instances are to the rest of the mesh. */
const workloadEntryKind: KindInfo = findKind("WorkloadEntry")!;

/** What is used of an instance in an answer of `/v1/health/service`. */
export interface CatalogInstance {
  readonly id: string;
  readonly service: string;
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly datacenter: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly weight: number;
}

/** The metadata of a service that a mesh registers. Throws an Error where a label does not fit. */
export function metaOf(
  { namespace, instance, registration }: InstanceAnnouncement,
  port: { readonly name: string; readonly number: number },
  session: string,
): Readonly<Record<string, string>> {
  const { labels = {}, locality, weight, servicePorts } = registration;
  const meta: Record<string, string> = {};
  const others: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    const fits = metaKey.test(name) && !reserved.has(name) && value.length <= maxMetaChars;
    (fits ? meta : others)[name] = value;
  }
  const rest = JSON.stringify(others);
  if (rest.length > maxMetaChars) {
    throw new Error(
      `labels ${Object.keys(others).join(", ")} take ${rest.length} characters as metadata, Consul takes ${maxMetaChars}`,
    );
  }
  return {
    ...meta,
    ...(rest === "{}" ? {} : { [metaKeys.labels]: rest }),
    ...(locality === undefined ? {} : { [metaKeys.locality]: locality }),
    [metaKeys.weight]: String(weight ?? 1),
    [metaKeys.namespace]: namespace,
    [metaKeys.protocol]: port.name,
    [metaKeys.servicePort]: String(servicePorts?.[port.name] ?? port.number),
    [metaKeys.instance]: instance,
    [metaKeys.session]: session,
  };
}

/** The WorkloadEntry that stands for an instance: the mesh reads it as it reads those of the registry. */
export function workloadEntryOf(instance: CatalogInstance): Resource {
  const { service, address, port, datacenter, meta } = instance;
  const protocol = meta[metaKeys.protocol] ?? "http";
  const servicePort = portIn(meta[metaKeys.servicePort]);
  const labels = labelsOf(instance);
  return {
    apiVersion: apiVersionOf(workloadEntryKind),
    kind: workloadEntryKind.kind,
    metadata: {
      name: entryName(instance),
      namespace: namespaceOf(meta),
      labels,
      annotations: {
        [instanceMarks.service]: service.toLowerCase(),
        ...(servicePort === undefined
          ? {}
          : { [instanceMarks.servicePorts]: JSON.stringify({ [protocol]: servicePort }) }),
      },
    },
    spec: {
      address,
      ports: { [protocol]: port },
      labels,
      locality: meta[metaKeys.locality] ?? datacenter,
      weight: weightIn(meta[metaKeys.weight]) ?? instance.weight,
    },
  };
}

function namespaceOf(meta: Readonly<Record<string, string>>): string {
  return (meta[metaKeys.namespace] || "default").toLowerCase();
}

/**
 * Tags first: what metadata says of the same name holds. A tag that is no `name=value` is a label that is `true`. What
 * can be no label is left out.
 */
function labelsOf({ service, tags, meta }: CatalogInstance): Labels {
  const labels: Record<string, string> = { [instanceMarks.appLabel]: service.toLowerCase() };
  for (const tag of tags) {
    const at = tag.indexOf("=");
    if (at < 0) labels[tag] = "true";
    else if (at > 0) labels[tag.slice(0, at)] = tag.slice(at + 1);
  }
  for (const [name, value] of Object.entries(meta)) if (!reserved.has(name)) labels[name] = value;
  const all = Object.entries({ ...labels, ...labelsIn(meta[metaKeys.labels]) });
  return Object.fromEntries(all.filter(([name, value]) => labelName.test(name) && labelValue.test(value)));
}

function labelsIn(text: string | undefined): Labels {
  if (text === undefined) return {};
  try {
    const labels: unknown = JSON.parse(text);
    if (typeof labels !== "object" || labels === null) return {};
    return Object.fromEntries(
      Object.entries(labels).filter((label): label is [string, string] => typeof label[1] === "string"),
    );
  } catch {
    return {};
  }
}

/** Ids are unique on a node. Those that a mesh made up are unique anywhere, and stay as people know them. */
function entryName({ id, node, meta }: CatalogInstance): string {
  const own = meta[metaKeys.instance];
  if (own !== undefined) return own;
  const full = `${id}.${node}`;
  const readable = full.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
  if (readable === full) return full;
  // Two ids may read the same once they are a resource's name.
  return `${readable}-${createHash("sha256").update(full).digest("hex").slice(0, 6)}`;
}

function portIn(text: string | undefined): number | undefined {
  const port = Number(text);
  return text !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined;
}

function weightIn(text: string | undefined): number | undefined {
  const weight = Number(text);
  return text !== undefined && Number.isFinite(weight) && weight > 0 ? weight : undefined;
}
