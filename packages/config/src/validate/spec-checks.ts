import { authorizationPolicyCheck } from "./authorization-policy.ts";
import { destinationRuleCheck } from "./destination-rule.ts";
import { gatewayCheck } from "./gateway.ts";
import { peerAuthenticationCheck } from "./peer-authentication.ts";
import { requestAuthenticationCheck } from "./request-authentication.ts";
import { namespaceCheck, serviceCheck } from "./service.ts";
import { serviceEntryCheck } from "./service-entry.ts";
import type { SpecCheck } from "./spec-check.ts";
import { telemetryCheck } from "./telemetry.ts";
import { virtualServiceCheck } from "./virtual-service.ts";
import { workloadEntryCheck } from "./workload-entry.ts";

const checks: Readonly<Record<string, SpecCheck>> = {
  VirtualService: virtualServiceCheck,
  DestinationRule: destinationRuleCheck,
  ServiceEntry: serviceEntryCheck,
  Gateway: gatewayCheck,
  AuthorizationPolicy: authorizationPolicyCheck,
  PeerAuthentication: peerAuthenticationCheck,
  RequestAuthentication: requestAuthenticationCheck,
  Telemetry: telemetryCheck,
  WorkloadEntry: workloadEntryCheck,
  Service: serviceCheck,
  Namespace: namespaceCheck,
};

/** The checks of a kind; undefined for a kind of which only the envelope is checked. */
export function findSpecCheck(kind: string): SpecCheck | undefined {
  return checks[kind];
}
