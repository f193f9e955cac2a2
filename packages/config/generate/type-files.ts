import { kindSchemas } from "../src/schema/kind-schemas.ts";

/** A file of TypeScript types below `src/spec` and the kinds in it. */
export interface TypeFile {
  readonly file: string;
  readonly kinds: readonly string[];
  /** What stands there besides, as it is. */
  readonly also?: string;
}

/** For code that looks at any field of a block. */
const policyBlock = `/** One block of a trafficPolicy, as an open record. */
export type PolicyBlock = Readonly<Record<string, unknown>>;`;

/** An object that several kinds use stands in the first file that needs it; the others import it. */
export const typeFiles: readonly TypeFile[] = [
  { file: "virtual-service.ts", kinds: ["VirtualService"] },
  { file: "security.ts", kinds: ["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"] },
  { file: "destination-rule.ts", kinds: ["DestinationRule"], also: policyBlock },
  { file: "service.ts", kinds: ["Service", "Namespace", "WorkloadEntry", "ServiceEntry"] },
  { file: "sidecar.ts", kinds: ["Sidecar"] },
  { file: "gateway.ts", kinds: ["Gateway"] },
  { file: "telemetry.ts", kinds: ["Telemetry"] },
  { file: "resilience-policy.ts", kinds: ["ResiliencePolicy"] },
];

/** Blocks of a trafficPolicy are handed on as open records, which TypeScript allows of type aliases only. */
export const aliases: ReadonlySet<string> = new Set([
  "LoadBalancerSpec",
  "ConnectionPoolSpec",
  "OutlierDetectionSpec",
  "ClientTlsSpec",
  "TunnelSpec",
  "ProxyProtocolSpec",
  "TrafficPolicyRetryBudget",
]);

/** The file that unites the kinds. */
export const unionFile = "any-resource.ts";

/** Kinds in the order of the documentation. */
export const kindNames: readonly string[] = kindSchemas.map(({ kind }) => kind);
