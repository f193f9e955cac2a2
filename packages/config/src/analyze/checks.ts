import type { Check } from "./check.ts";
import { annotations } from "./checks/annotations.ts";
import { conflictingGateways } from "./checks/conflicting-gateways.ts";
import { conflictingHosts } from "./checks/conflicting-hosts.ts";
import { delegates } from "./checks/delegates.ts";
import { deprecatedFields } from "./checks/deprecated-fields.ts";
import { destinationHosts } from "./checks/destination-hosts.ts";
import { destinationRuleHosts } from "./checks/destination-rule-hosts.ts";
import { destinationRuleSubsets } from "./checks/destination-rule-subsets.ts";
import { destinationRuleTls } from "./checks/destination-rule-tls.ts";
import { destinationSubsets } from "./checks/destination-subsets.ts";
import { ejectionLimits } from "./checks/ejection-limits.ts";
import { gatewayCertificates } from "./checks/gateway-certificates.ts";
import { gatewayPorts } from "./checks/gateway-ports.ts";
import { gatewayReferences } from "./checks/gateway-references.ts";
import { gatewayWorkloads } from "./checks/gateway-workloads.ts";
import { jwksUris } from "./checks/jwks-uris.ts";
import { jwtClaimRoutes } from "./checks/jwt-claim-routes.ts";
import { l4Rules } from "./checks/l4-rules.ts";
import { loopbackInstances } from "./checks/loopback-instances.ts";
import { policyNamespaces } from "./checks/policy-namespaces.ts";
import { policyWorkloads } from "./checks/policy-workloads.ts";
import { repeatedMatches } from "./checks/repeated-matches.ts";
import { serviceEntryAddresses } from "./checks/service-entry-addresses.ts";
import { serviceEntryProtocols } from "./checks/service-entry-protocols.ts";
import { servicePorts } from "./checks/service-ports.ts";
import { shadowedPolicies } from "./checks/shadowed-policies.ts";
import { sharedWorkloads } from "./checks/shared-workloads.ts";
import { sidecarSelectors } from "./checks/sidecar-selectors.ts";
import { statusConditions } from "./checks/status-conditions.ts";
import { subsetRoutes } from "./checks/subset-routes.ts";
import { telemetryProviders } from "./checks/telemetry-providers.ts";
import { telemetrySelectors } from "./checks/telemetry-selectors.ts";
import { tryTimeouts } from "./checks/try-timeouts.ts";

/** Every check, in the order in which they are made. */
export const analysisChecks: readonly Check[] = [
  destinationHosts,
  destinationSubsets,
  conflictingHosts,
  gatewayReferences,
  delegates,
  l4Rules,
  repeatedMatches,
  tryTimeouts,
  subsetRoutes,
  jwtClaimRoutes,
  destinationRuleHosts,
  destinationRuleSubsets,
  destinationRuleTls,
  ejectionLimits,
  shadowedPolicies,
  conflictingGateways,
  gatewayCertificates,
  gatewayPorts,
  gatewayWorkloads,
  servicePorts,
  sharedWorkloads,
  loopbackInstances,
  serviceEntryAddresses,
  serviceEntryProtocols,
  sidecarSelectors,
  telemetrySelectors,
  telemetryProviders,
  policyWorkloads,
  policyNamespaces,
  jwksUris,
  annotations,
  deprecatedFields,
  statusConditions,
];
