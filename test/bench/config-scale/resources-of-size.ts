import { parseResource, type Resource } from "@intramesh/config";

/** Instances of one service. */
export const endpointsEach = 10;

/**
 * A state with `size` each of Services, VirtualServices of `rules` rules and DestinationRules, and ten times as many
 * WorkloadEntries.
 */
export function resourcesOfSize(size: number, rules: number): readonly Resource[] {
  const resources: Resource[] = [];
  for (let at = 0; at < size; at += 1) {
    resources.push(service(nameOf(at)), virtualService(nameOf(at), rules), destinationRule(nameOf(at)));
    for (let instance = 0; instance < endpointsEach; instance += 1) resources.push(workload(nameOf(at), instance));
  }
  return resources;
}

export function nameOf(at: number): string {
  return `shop-${at}`;
}

export function service(name: string): Resource {
  const ports = [{ name: "http", port: 80 }];
  return checked("v1", "Service", name, { selector: { app: name }, ports });
}

/** Its last rule takes everything, those before it look at the path and a header. */
export function virtualService(name: string, rules: number, timeout: string = "3s"): Resource {
  const narrow = Array.from({ length: rules - 1 }, (_, at) => ({
    match: [{ uri: { prefix: `/part-${at}/` }, headers: { "end-user": { exact: `user-${at}` } } }],
    route: [{ destination: { host: name, subset: "v1" } }],
  }));
  const http = [...narrow, { timeout, route: [{ destination: { host: name, subset: "v1" } }] }];
  return checked("networking.istio.io/v1", "VirtualService", name, { hosts: [name], http });
}

export function destinationRule(name: string, simple: string = "RANDOM"): Resource {
  const subsets = [{ name: "v1", labels: { version: "v1" } }];
  const spec = { host: name, trafficPolicy: { loadBalancer: { simple } }, subsets };
  return checked("networking.istio.io/v1", "DestinationRule", name, spec);
}

/** Addresses are all of 127.0.0.0/8, so that requests end on this machine. */
export function workload(app: string, instance: number): Resource {
  const place = Number(app.slice("shop-".length)) * endpointsEach + instance;
  const address = `127.${1 + ((place >> 16) & 127)}.${(place >> 8) & 255}.${place & 255}`;
  return checked("networking.istio.io/v1", "WorkloadEntry", `${app}-${instance}`, {
    address,
    labels: { app, version: "v1" },
  });
}

function checked(apiVersion: string, kind: string, name: string, spec: unknown): Resource {
  const { resource, issues } = parseResource({ apiVersion, kind, metadata: { name, namespace: "default" }, spec });
  if (resource === undefined) throw new Error(`${kind} ${name}: ${issues[0]?.path} ${issues[0]?.message}`);
  return resource;
}
