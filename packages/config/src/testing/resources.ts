import type { MeshClient } from "../policy/mesh-client.ts";
import type { Resource } from "../resource.ts";

/** A resource of Istio's networking group in namespace `default`, unless its name says `namespace/name`. */
export function networking(kind: string, name: string, spec: unknown, meta: object = {}): Resource {
  return resource("networking.istio.io/v1", kind, name, spec, meta);
}

/** A v1 Service for workloads with label `app`, with these ports. */
export function service(name: string, ...ports: readonly object[]): Resource {
  const app = name.split("/").at(-1);
  return resource("v1", "Service", name, { selector: { app }, ports }, {});
}

/** A WorkloadEntry. */
export function workload(name: string, spec: object, meta: object = {}): Resource {
  return networking("WorkloadEntry", name, spec, meta);
}

/** A client of namespace `default` without labels. */
export const client: MeshClient = { namespace: "default", labels: {} };

function resource(apiVersion: string, kind: string, name: string, spec: unknown, meta: object): Resource {
  const [last, namespace = "default"] = name.split("/").reverse();
  return { apiVersion, kind, metadata: { name: last!, namespace, ...meta }, spec };
}
