import { badRequest } from "../http/status.ts";
import type { StoredObject } from "../state/stored-object.ts";
import { formatAge } from "./age.ts";

/** What a row says of its object besides the cells. */
export type IncludeObject = "None" | "Metadata" | "Object";

interface Column {
  readonly name: string;
  /** Above zero: shown by `-o wide` only. */
  readonly priority: number;
  cell(object: StoredObject, wallMs: number): string;
}

const age: Column = {
  name: "Age",
  priority: 0,
  cell: ({ resource }, wallMs) => formatAge(wallMs - Date.parse(resource.metadata.creationTimestamp ?? "")),
};

const createdAt: Column = {
  name: "Created At",
  priority: 0,
  cell: ({ resource }) => resource.metadata.creationTimestamp ?? "",
};

const nameColumn: Column = { name: "Name", priority: 0, cell: ({ name }) => name };

/** Istio's own columns after NAME (its CRDs' `additionalPrinterColumns`), and kubectl's for core kinds. */
const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  VirtualService: [column("Gateways", "spec.gateways"), column("Hosts", "spec.hosts")],
  DestinationRule: [column("Host", "spec.host")],
  ServiceEntry: [
    column("Hosts", "spec.hosts"),
    column("Location", "spec.location"),
    column("Resolution", "spec.resolution"),
  ],
  WorkloadEntry: [age, column("Address", "spec.address")],
  AuthorizationPolicy: [column("Action", "spec.action")],
  PeerAuthentication: [column("Mode", "spec.mtls.mode")],
  ResiliencePolicy: [column("Host", "spec.host"), column("Subset", "spec.subset")],
  Service: [
    column("Type", "spec.type", "ClusterIP"),
    column("Cluster-IP", "spec.clusterIP", "<none>"),
    column("External-IP", "spec.externalName", "<none>"),
    { name: "Port(s)", priority: 0, cell: servicePorts },
  ],
  Namespace: [column("Status", "status.phase", "Active")],
  CustomResourceDefinition: [createdAt],
  ConfigMap: [{ name: "Data", priority: 0, cell: dataCount }],
  Secret: [column("Type", "type", "Opaque"), { name: "Data", priority: 0, cell: dataCount }],
};

/** One Table of Kubernetes, as JSON text. */
export function tableJson(
  objects: readonly StoredObject[],
  columnsOf: StoredObject["info"],
  resourceVersion: number,
  wallMs: number,
  include: IncludeObject,
): string {
  const own = columnsByKind[columnsOf.kind] ?? [];
  const columns = [nameColumn, ...own, ...(own.includes(age) || own.includes(createdAt) ? [] : [age])];
  return JSON.stringify({
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion: String(resourceVersion) },
    columnDefinitions: columns.map(({ name, priority }) => ({
      name,
      type: "string",
      format: name === "Name" ? "name" : "",
      description: name,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, wallMs)),
      ...(include === "None" ? {} : { object: include === "Object" ? object.resource : partial(object) }),
    })),
  });
}

/** True where the client would rather have a Table than the objects. */
export function prefersTable(accept: string | undefined): boolean {
  for (const type of (accept ?? "").split(",")) {
    const [name, ...parameters] = type.split(";").map((part) => part.trim());
    if (parameters.includes("as=Table")) return parameters.includes("v=v1");
    if (parameters.some((parameter) => parameter.startsWith("as="))) continue;
    if (name === "application/json" || name === "*/*" || name === "application/*") return false;
  }
  return false;
}

/** Reads `includeObject`. */
export function parseIncludeObject(text: string | undefined): IncludeObject {
  if (text === undefined || text === "") return "Metadata";
  if (text === "None" || text === "Metadata" || text === "Object") return text;
  throw badRequest(`includeObject: "${text}" is none of None, Metadata, Object`);
}

function partial({ resource }: StoredObject): unknown {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: resource.metadata };
}

function column(name: string, path: string, absent = ""): Column {
  const keys = path.split(".");
  return {
    name,
    priority: 0,
    cell({ resource }) {
      let value: unknown = resource;
      for (const key of keys) value = (value as Readonly<Record<string, unknown>> | undefined)?.[key];
      if (value === undefined || value === null) return absent;
      return typeof value === "string" ? value : JSON.stringify(value);
    },
  };
}

/** How many values a ConfigMap or Secret holds. */
function dataCount({ resource }: StoredObject): string {
  const { data = {}, binaryData = {} } = resource as { readonly data?: object; readonly binaryData?: object };
  return String(Object.keys(data).length + Object.keys(binaryData).length);
}

function servicePorts({ resource }: StoredObject): string {
  const { ports = [] } = resource.spec as { readonly ports?: readonly { port: number; protocol?: string }[] };
  return ports.map(({ port, protocol = "TCP" }) => `${port}/${protocol}`).join(",") || "<none>";
}
