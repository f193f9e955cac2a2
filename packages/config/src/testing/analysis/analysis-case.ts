import type { Resource } from "../../resource.ts";
import { networking, service, workload } from "../resources.ts";

/** What one code is reported for, and what it is not reported for. */
export interface AnalysisCase {
  readonly name: string;
  readonly code: string;
  /** Resources in which it is found. */
  readonly found: readonly Resource[];
  /** `Kind namespace/name path` of each finding with this code, sorted. */
  readonly at: readonly string[];
  /** Much the same without the fault. */
  readonly clean: readonly Resource[];
}

/** A VirtualService whose spec lacks nothing but what `spec` says. */
export function virtualService(name: string, spec: object): Resource {
  const host = name.split("/").at(-1);
  return networking("VirtualService", name, { hosts: [host], http: [{ route: [to("reviews")] }], ...spec });
}

/** A destination of a route. */
export function to(host: string, more: object = {}): object {
  return { destination: { host, ...more } };
}

/** A Gateway on port 80 for every host. */
export function gateway(name: string, spec: object = {}): Resource {
  return networking("Gateway", name, { selector: { istio: "ingress" }, servers: [server({})], ...spec });
}

/** A server of a Gateway. */
export function server(more: object): object {
  return { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"], ...more };
}

/** A DestinationRule for a host. */
export function rule(name: string, spec: object): Resource {
  return networking("DestinationRule", name, { host: "reviews", ...spec });
}

/** A resource of another group than networking. */
export function other(apiVersion: string, kind: string, name: string, spec: unknown, meta: object = {}): Resource {
  return { ...networking(kind, name, spec, meta), apiVersion };
}

/** A resource of Istio's security group. */
export function security(kind: string, name: string, spec: object): Resource {
  return other("security.istio.io/v1", kind, name, spec);
}

/** A Telemetry. */
export function telemetry(name: string, spec: object): Resource {
  return other("telemetry.istio.io/v1", "Telemetry", name, spec);
}

/** The service `reviews` on port 9080. */
export const reviews: Resource = service("reviews", { name: "http", port: 9080 });

/** An instance of `reviews`. */
export function instance(version: string, meta: object = {}): Resource {
  const labels = { app: "reviews", version };
  return workload(`reviews-${version}`, { address: `10.0.0.${version.slice(1)}`, labels, ports: { http: 9080 } }, meta);
}
