import { authorizationPolicy } from "./authorization-policy.ts";
import { destinationRule } from "./destination-rule.ts";
import type { KindSchema } from "./field-schema.ts";
import { gateway } from "./gateway.ts";
import { peerAuthentication } from "./peer-authentication.ts";
import { requestAuthentication } from "./request-authentication.ts";
import { resiliencePolicy } from "./resilience-policy.ts";
import { namespace, service } from "./service.ts";
import { serviceEntry } from "./service-entry.ts";
import { sidecar } from "./sidecar.ts";
import { telemetry } from "./telemetry.ts";
import { virtualService } from "./virtual-service.ts";
import { workloadEntry } from "./workload-entry.ts";

/** What every kind that the registry keeps may say, in the order of the documentation. */
export const kindSchemas: readonly KindSchema[] = [
  virtualService,
  destinationRule,
  serviceEntry,
  workloadEntry,
  service,
  namespace,
  sidecar,
  gateway,
  resiliencePolicy,
  authorizationPolicy,
  peerAuthentication,
  requestAuthentication,
  telemetry,
];

/** Finds what a kind may say, by its name. */
export function findKindSchema(kind: string): KindSchema | undefined {
  return kindSchemas.find((schema) => schema.kind === kind);
}
