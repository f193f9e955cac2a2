import type { CatalogInstance } from "./service-meta.ts";

/** What one answer of `/v1/health/service` says. */
export interface HealthAnswer {
  /** Those to be called, by node and id. */
  readonly callable: ReadonlyMap<string, CatalogInstance>;
  /** Everyone that Consul knows, well or not. */
  readonly known: ReadonlySet<string>;
}

interface Check {
  readonly Status?: string;
  /** Empty for a check of the node. */
  readonly ServiceID?: string;
}

interface Entry {
  readonly Node: { readonly Node: string; readonly Address: string; readonly Datacenter?: string };
  readonly Service: {
    readonly ID: string;
    readonly Service: string;
    readonly Kind?: string;
    readonly Address?: string;
    readonly Port?: number;
    readonly Tags?: readonly string[] | null;
    readonly Meta?: Readonly<Record<string, string>> | null;
    readonly Weights?: { readonly Passing?: number };
  };
  readonly Checks?: readonly Check[];
}

/**
 * Reads an answer: those whose checks all pass are to be called. Where none is left, those whose own checks pass: their
 * node's agent is away, which is no word about them. Sidecar proxies and services without a port are left out.
 * Throws an Error where it is no such answer.
 */
export function readHealth(body: unknown): HealthAnswer {
  const entries = entriesIn(body).filter(({ Service }) => (Service.Kind ?? "") === "" && (Service.Port ?? 0) > 0);
  const passing = entries.filter(({ Checks = [] }) => Checks.every(isPassing));
  const chosen =
    passing.length > 0 ? passing : entries.filter(({ Checks = [] }) => Checks.filter(isOwn).every(isPassing));
  return {
    callable: new Map(chosen.map((entry) => [keyOf(entry), instanceOf(entry)])),
    known: new Set(entries.map(keyOf)),
  };
}

function isPassing({ Status }: Check): boolean {
  return Status === "passing";
}

function isOwn({ ServiceID = "" }: Check): boolean {
  return ServiceID !== "";
}

function keyOf({ Node, Service }: Entry): string {
  return `${Node.Node}/${Service.ID}`;
}

function instanceOf({ Node, Service }: Entry): CatalogInstance {
  return {
    id: Service.ID,
    service: Service.Service,
    node: Node.Node,
    address: Service.Address || Node.Address,
    port: Service.Port ?? 0,
    datacenter: Node.Datacenter ?? "",
    tags: Service.Tags ?? [],
    meta: Service.Meta ?? {},
    weight: Math.max(1, Service.Weights?.Passing ?? 1),
  };
}

function entriesIn(body: unknown): readonly Entry[] {
  if (Array.isArray(body) && body.every(isEntry)) return body;
  throw new Error("the answer is not a list of instances as Consul sends it: something else answers at this address");
}

function isEntry(value: unknown): value is Entry {
  const { Node, Service } = (value ?? {}) as Partial<Entry>;
  return (
    typeof Node?.Node === "string" &&
    typeof Node.Address === "string" &&
    typeof Service?.ID === "string" &&
    typeof Service.Service === "string"
  );
}
