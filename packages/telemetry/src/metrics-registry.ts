import { Registry } from "prom-client";

/** A registry of its own for each mesh: prom-client's default one is shared by the whole process. */
export function createMetricsRegistry(): Registry {
  return new Registry();
}
