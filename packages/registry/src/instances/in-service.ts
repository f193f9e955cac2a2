import type { Resource } from "@intramesh/config";
import { isHealthy } from "../health-checks/health-condition.ts";
import { isDrained } from "./workload-entry.ts";

/** True where clients may hear of the instance: no health check found it unwell, and no operator drains it. */
export function isInService(resource: Resource): boolean {
  return isHealthy(resource) && !isDrained(resource);
}
