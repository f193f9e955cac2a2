import type { Endpoint } from "@intramesh/core";
import type { AnalysisContext } from "./analysis-context.ts";

/** The instances of a full host, each once, as resources of `namespace` see them. */
export function instancesOf(context: AnalysisContext, host: string, namespace: string): readonly Endpoint[] {
  const service = context.service(host, namespace);
  if (service === undefined) return [];
  const seen = new Map<string, Endpoint>();
  for (const port of service.policy.ports) {
    for (const endpoint of service.endpoints(port, host, context.workloads)) {
      seen.set(endpoint.instance === "" ? endpoint.id : endpoint.instance, endpoint);
    }
  }
  return [...seen.values()];
}
