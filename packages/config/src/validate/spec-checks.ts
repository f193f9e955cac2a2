import { resiliencePolicyCheck } from "../resilience-policy/check-resilience-policy.ts";
import { authorizationPolicyCheck } from "./authorization-policy.ts";
import { destinationRuleCheck } from "./destination-rule.ts";
import { gatewayCheck } from "./gateway.ts";
import { peerAuthenticationCheck } from "./peer-authentication.ts";
import { requestAuthenticationCheck } from "./request-authentication.ts";
import { namespaceCheck, serviceCheck } from "./service.ts";
import { serviceEntryCheck } from "./service-entry.ts";
import { sidecarCheck } from "./sidecar.ts";
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
  Sidecar: sidecarCheck,
  ResiliencePolicy: resiliencePolicyCheck,
  Telemetry: telemetryCheck,
  WorkloadEntry: workloadEntryCheck,
  Service: serviceCheck,
  Namespace: namespaceCheck,
};

/** For kinds of which only the envelope is checked, and for objects of no kind. */
const unchecked: SpecCheck = { parts: [], checkShape: () => true, checkRules: () => {} };

/** The checks of a kind. */
export function findSpecCheck(kind: string | undefined): SpecCheck {
  return checks[kind ?? ""] ?? unchecked;
}
