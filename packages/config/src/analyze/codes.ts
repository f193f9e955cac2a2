import type { Severity } from "../resource.ts";

/** One code of the analysis, as `docs/reference/analyze.md` lists it. */
export interface AnalysisCode {
  /** Istio's, `IST0101`. */
  readonly code: string;
  readonly severity: Severity;
  /** Istio's name of it. */
  readonly name: string;
  /** What a finding with this code says, in one line. */
  readonly meaning: string;
  /** What to do about it, in one line. */
  readonly fix: string;
}

/** Every code that an analysis may report, in order. Numbers and severities are those of istio/pkg/config/analysis/msg. */
export const analysisCodes: readonly AnalysisCode[] = [
  row(
    "IST0001 error InternalError",
    "a check failed itself: its other findings are missing",
    "Report it with the resource that the message names.",
  ),
  row(
    "IST0002 warning Deprecated",
    "a deprecated field is used",
    "Write the field that the message names in its place.",
  ),
  row(
    "IST0101 error ReferencedResourceNotFound",
    "something is named that does not exist: a host, port, subset, gateway, delegate, workload or namespace",
    "Create what is named, or correct the name.",
  ),
  row(
    "IST0106 error SchemaValidationError",
    "a field is unknown, has the wrong form or breaks a rule of its kind",
    "Correct the field: the registry refuses the resource as it is.",
  ),
  row(
    "IST0107 warning MisplacedAnnotation",
    "an annotation of Istio stands on a kind that it says nothing to",
    "Move it to a kind that reads it, or drop it.",
  ),
  row(
    "IST0108 warning UnknownAnnotation",
    "an annotation in Istio's name is not one of Istio's",
    "Correct its name, or drop it.",
  ),
  row(
    "IST0109 error ConflictingMeshGatewayVirtualServiceHosts",
    "several VirtualServices of the mesh have one host: one of them serves it, the others lose it",
    "Merge them into one VirtualService, or keep their exportTo apart.",
  ),
  row(
    "IST0110 error ConflictingSidecarWorkloadSelectors",
    "several Sidecars select one workload",
    "Narrow their selectors until no two select the same workload.",
  ),
  row(
    "IST0111 error MultipleSidecarsWithoutWorkloadSelectors",
    "a namespace has several Sidecars without a selector",
    "Keep one, and give the others a workloadSelector.",
  ),
  row(
    "IST0112 error VirtualServiceDestinationPortSelectorRequired",
    "a destination with several ports is named without a port",
    "Add destination.port.number.",
  ),
  row(
    "IST0116 warning DeploymentAssociatedToMultipleServices",
    "a workload is behind several services that use one port with different protocols",
    "Give each service a port of its own, or the same protocol.",
  ),
  row(
    "IST0118 info PortNameIsNotUnderNamingConvention",
    "the name of a Service's port tells no protocol",
    "Name it protocol or protocol-suffix, as in http-admin, or set appProtocol.",
  ),
  row(
    "IST0125 warning InvalidAnnotation",
    "the value of an annotation cannot be read",
    "Correct the value as the message says.",
  ),
  row(
    "IST0127 warning NoMatchingWorkloadsFound",
    "a policy or Gateway selects no workload",
    "Correct the selector, or drop the resource.",
  ),
  row(
    "IST0128 warning NoServerCertificateVerificationDestinationLevel",
    "TLS without caCertificates: whoever answers is trusted",
    "Set tls.caCertificates.",
  ),
  row(
    "IST0129 warning NoServerCertificateVerificationPortLevel",
    "the same for one port",
    "Set tls.caCertificates of the port.",
  ),
  row(
    "IST0130 warning VirtualServiceUnreachableRule",
    "a rule is never reached: earlier ones take all that it matches",
    "Move it in front of them, or drop it.",
  ),
  row(
    "IST0131 info VirtualServiceIneffectiveMatch",
    "a match has no effect: an earlier one takes all that it matches",
    "Drop it, or narrow the earlier one.",
  ),
  row(
    "IST0132 warning VirtualServiceHostNotFoundInGateway",
    "none of a VirtualService's hosts is served by a Gateway that it names",
    "Add the host to a server of the Gateway, or drop the Gateway.",
  ),
  row(
    "IST0133 warning SchemaWarning",
    "a field is accepted, but hardly means what was meant",
    "Do what the message says.",
  ),
  row(
    "IST0134 warning ServiceEntryAddressesRequired",
    "a TCP port of a ServiceEntry without addresses: connections carry no name to tell it by",
    "Set addresses, or the protocol that the port speaks.",
  ),
  row("IST0135 info DeprecatedAnnotation", "a deprecated annotation is used", "Write what has come in its place."),
  row(
    "IST0136 info AlphaAnnotation",
    "an annotation of an alpha feature is used",
    "Expect it to change, or do without it.",
  ),
  row(
    "IST0137 warning DeploymentConflictingPorts",
    "several services reach one port of a workload by different ports",
    "Use the same port in all of them.",
  ),
  row(
    "IST0138 warning GatewayDuplicateCertificate",
    "several Gateways of the same workloads have one certificate: HTTP/2 clients reuse connections and get 404",
    "Put the servers into one Gateway, or give each its certificate.",
  ),
  row(
    "IST0140 warning IngressRouteRulesNotAffected",
    "requests through a Gateway do not see the subsets that a rule of the mesh has for the same host",
    "Name the subset in the rules of the Gateway's VirtualService, too.",
  ),
  row(
    "IST0143 error LocalhostListener",
    "an instance is registered under a loopback address, others of the mesh are on other hosts",
    "Register the address under which others reach it.",
  ),
  row(
    "IST0145 error ConflictingGateways",
    "several Gateways of the same workloads serve one host on one port",
    "Keep the host in one of them.",
  ),
  row(
    "IST0149 error JwtClaimBasedRoutingWithoutRequestAuthN",
    "routing by a token's claims on a Gateway that no RequestAuthentication covers",
    "Add a RequestAuthentication for the Gateway's workloads.",
  ),
  row(
    "IST0150 warning ExternalNameServiceTypeInvalidPortName",
    "the port of an ExternalName Service is TCP by its name, or by none",
    "Name the port after its protocol, as in http.",
  ),
  row(
    "IST0157 warning InvalidTelemetryProvider",
    "access logging without a provider is ignored",
    "Name a provider, or set disabled.",
  ),
  row(
    "IST0159 error ConflictingTelemetryWorkloadSelectors",
    "several Telemetry resources select one workload",
    "Narrow their selectors until no two select the same workload.",
  ),
  row(
    "IST0160 error MultipleTelemetriesWithoutWorkloadSelectors",
    "a namespace has several Telemetry resources without a selector",
    "Keep one, and give the others a selector.",
  ),
  row(
    "IST0162 warning GatewayPortNotDefinedOnService",
    "a Gateway listens on a port that no Service of its workloads has",
    "Add the port to the Service.",
  ),
  row(
    "IST0167 warning IneffectivePolicy",
    "a policy, or a part of it, has no effect",
    "Do what the message says, or drop it.",
  ),
  row(
    "IST0171 warning NegativeConditionStatus",
    "the status of a resource says that something is wrong with it",
    "Read the condition: it has the reason.",
  ),
  row(
    "IST0173 error DestinationRuleSubsetNotSelectPods",
    "a subset selects none of the host's instances: requests to it are answered 503 UH",
    "Start an instance with these labels, or correct them.",
  ),
  row(
    "IST0174 warning UnknownDestinationRuleHost",
    "the host of a DestinationRule is unknown: the rule is about nothing",
    "Declare the host, or correct its name.",
  ),
  row(
    "IST0175 warning JwksUriFetchUnrestricted",
    "keys are fetched from an address inside the network, and nothing restricts where it may lead",
    "Name a service of the mesh or a public address, or write the keys in jwks.",
  ),
  row(
    "IST0177 warning ConflictingServiceEntryProtocol",
    "several ServiceEntries give one host and port different protocols",
    "Use one protocol, or one ServiceEntry.",
  ),
];

const byCode: ReadonlyMap<string, AnalysisCode> = new Map(analysisCodes.map((entry) => [entry.code, entry]));

/** What the table says of a code; undefined for one that no analysis reports. */
export function findAnalysisCode(code: string): AnalysisCode | undefined {
  return byCode.get(code);
}

function row(head: string, meaning: string, fix: string): AnalysisCode {
  const [code = "", severity, name = ""] = head.split(" ");
  // The heads above are the only ones.
  return { code, severity: severity as Severity, name, meaning, fix };
}
