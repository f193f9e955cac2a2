import type { Resource } from "@intramesh/config";
import type { HealthCheck } from "@intramesh/discovery";
import { registrationOf } from "../instances/workload-entry.ts";

/** Port that is probed where an instance has several. */
const preferredPort = "http";

/** What to ask an instance for, and how; undefined where it asks for no check. */
export function probeTarget(resource: Resource): { readonly url: string; readonly check: HealthCheck } | undefined {
  const { address, ports, healthCheck } = registrationOf(resource);
  const port = ports[preferredPort] ?? Object.values(ports)[0];
  if (healthCheck === undefined || port === undefined) return undefined;
  const host = address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
  return { url: `http://${host}:${port}${healthCheck.path}`, check: healthCheck };
}
