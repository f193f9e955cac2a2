import { instanceMarks, type Resource, type Severity } from "@intramesh/config";
import type { Finding, Located } from "./finding.ts";

type Json = Readonly<Record<string, unknown>>;

/** Where cluster-local names end. */
const domain = ".svc.cluster.local";

/** Findings that take more than one resource to see. */
export function crossCheck(all: readonly Located<Resource>[]): Finding[] {
  const catalog = createCatalog(all.map(({ resource }) => resource));
  return [
    ...ofKind(all, "VirtualService").flatMap((located) => checkReferences(located, catalog)),
    ...ofKind(all, "DestinationRule").flatMap((located) => checkRuleHost(located, catalog)),
    ...checkRivals(ofKind(all, "VirtualService")),
  ];
}

interface Catalog {
  /** False where nothing declares any service: then none can be called unknown. */
  readonly declaresServices: boolean;
  knows(host: string): boolean;
  /** Subsets of the rules for a host; undefined where no rule is about it. */
  subsets(host: string): ReadonlySet<string> | undefined;
}

function createCatalog(resources: readonly Resource[]): Catalog {
  const hosts = new Set<string>();
  const subsets = new Map<string, Set<string>>();
  for (const { kind, metadata, spec } of resources) {
    const namespace = metadata.namespace ?? "default";
    const service = metadata.annotations?.[instanceMarks.service];
    if (kind === "Service") hosts.add(qualify(metadata.name, namespace));
    if (kind === "WorkloadEntry" && service !== undefined) hosts.add(qualify(service, namespace));
    if (kind === "ServiceEntry") for (const host of texts(field(spec, "hosts"))) hosts.add(host.toLowerCase());
    const ruled = field(spec, "host");
    if (kind !== "DestinationRule" || typeof ruled !== "string") continue;
    const names = list(field(spec, "subsets")).map((subset) => String(field(subset, "name")));
    const host = qualify(ruled, namespace);
    subsets.set(host, new Set([...(subsets.get(host) ?? []), ...names]));
  }
  const covers = (pattern: string, host: string): boolean =>
    pattern === host || (pattern.startsWith("*") && host.endsWith(pattern.slice(1)));
  return {
    declaresServices: hosts.size > 0,
    knows: (host) => [...hosts].some((served) => covers(served, host) || covers(host, served)),
    subsets(host) {
      const found = [...subsets].filter(([pattern]) => covers(pattern, host));
      return found.length === 0 ? undefined : new Set(found.flatMap(([, names]) => [...names]));
    },
  };
}

function checkReferences(located: Located<Resource>, catalog: Catalog): Finding[] {
  const { spec, metadata } = located.resource;
  return destinationsOf(spec).flatMap(([path, destination]) => {
    const written = field(destination, "host");
    if (typeof written !== "string" || !catalog.declaresServices) return [];
    const host = qualify(written, metadata.namespace ?? "default");
    if (!catalog.knows(host)) {
      return [
        finding(
          located,
          "IST0101",
          "error",
          `${path}.host`,
          `no Service, ServiceEntry or instance has the host ${host}`,
        ),
      ];
    }
    const subset = field(destination, "subset");
    if (typeof subset !== "string" || catalog.subsets(host)?.has(subset)) return [];
    const message = `no DestinationRule for ${host} has a subset "${subset}": requests to it are answered 503 NC`;
    return [finding(located, "IST0101", "error", `${path}.subset`, message)];
  });
}

function checkRuleHost(located: Located<Resource>, catalog: Catalog): Finding[] {
  const { spec, metadata } = located.resource;
  const written = field(spec, "host");
  if (typeof written !== "string" || !catalog.declaresServices) return [];
  const host = qualify(written, metadata.namespace ?? "default");
  if (catalog.knows(host)) return [];
  const message = `no Service, ServiceEntry or instance has the host ${host}: the rule is about nothing`;
  return [finding(located, "IST0174", "warning", "spec.host", message)];
}

/** In the mesh one VirtualService has a host for itself: the oldest, else the first by name. */
function checkRivals(services: readonly Located<Resource>[]): Finding[] {
  const claims = new Map<string, Located<Resource>[]>();
  for (const located of services) {
    const { spec, metadata } = located.resource;
    const gateways = texts(field(spec, "gateways"));
    // One that only some namespaces see may share its host with one that others see.
    if ((gateways.length > 0 && !gateways.includes("mesh")) || list(field(spec, "exportTo")).length > 0) continue;
    for (const host of texts(field(spec, "hosts"))) {
      const full = qualify(host, metadata.namespace ?? "default");
      claims.set(full, [...(claims.get(full) ?? []), located]);
    }
  }
  return [...claims].flatMap(([host, rivals]) => {
    if (rivals.length < 2) return [];
    const names = rivals.map(({ resource: { metadata } }) => `${metadata.namespace ?? "default"}/${metadata.name}`);
    const message = `the VirtualServices ${names.join(", ")} all have the host ${host}: only one of them is used`;
    return rivals.map((located) => finding(located, "IST0109", "error", "spec.hosts", message));
  });
}

function destinationsOf(spec: unknown): [string, unknown][] {
  return ["http", "tls", "tcp"].flatMap((protocol) =>
    list(field(spec, protocol)).flatMap((rule, index): [string, unknown][] => {
      const at = `spec.${protocol}[${index}]`;
      const found: [string, unknown][] = list(field(rule, "route")).map((entry, position) => [
        `${at}.route[${position}].destination`,
        field(entry, "destination"),
      ]);
      const mirrors = list(field(rule, "mirrors")).map((entry, position): [string, unknown] => [
        `${at}.mirrors[${position}].destination`,
        field(entry, "destination"),
      ]);
      const mirror = field(rule, "mirror");
      return mirror === undefined ? [...found, ...mirrors] : [...found, ...mirrors, [`${at}.mirror`, mirror]];
    }),
  );
}

function finding(
  { resource, file, lineOf }: Located<Resource>,
  code: string,
  severity: Severity,
  path: string,
  message: string,
): Finding {
  const { namespace = "default", name } = resource.metadata;
  return { code, severity, resource: `${resource.kind} ${namespace}/${name}`, path, message, file, line: lineOf(path) };
}

function ofKind(all: readonly Located<Resource>[], kind: string): readonly Located<Resource>[] {
  return all.filter(({ resource }) => resource.kind === kind);
}

function qualify(host: string, namespace: string): string {
  const lower = host.toLowerCase();
  return lower.includes(".") || lower === "*" ? lower : `${lower}.${namespace}${domain}`;
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Json)[key] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((entry): entry is string => typeof entry === "string");
}
