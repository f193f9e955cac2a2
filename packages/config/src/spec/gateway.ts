// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";

/** Where requests come into the mesh. No program listens for it yet; `explain --gateway` decides by it. */
export interface Gateway extends Resource<GatewaySpec> {
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1" | "networking.istio.io/v1alpha3";
  readonly kind: "Gateway";
}

/** Ports and hosts at the edge. */
export interface GatewaySpec {
  /** At least one server. Required. Validated only: it has no effect here. */
  readonly servers?: readonly GatewayServer[];
  /** Labels of the programs that listen. Validated only: it has no effect here. */
  readonly selector?: Readonly<Record<string, string>>;
}

/** One port and the hosts served there. */
export interface GatewayServer {
  /** The port. Required. Validated only: it has no effect here. */
  readonly port?: GatewayPort;
  /** Address to listen at. Validated only: it has no effect here. */
  readonly bind?: string;
  /**
   * `[namespace/]host` in full, `*` for all. VirtualServices of these hosts are served. Required. Validated only: it
   * has no effect here. Unlike Istio: `explain --gateway` goes by it.
   */
  readonly hosts?: readonly string[];
  /** TLS towards the callers. HTTPS and TLS need it. Validated only: it has no effect here. */
  readonly tls?: GatewayTls;
  /** Unused. Validated only: it has no effect here. */
  readonly defaultEndpoint?: string;
  /** Its name. Validated only: it has no effect here. */
  readonly name?: string;
}

/** The port of a server. */
export interface GatewayPort {
  /** Its number, 1 to 65535. Required. Validated only: it has no effect here. */
  readonly number?: number;
  /** HTTP, HTTPS, GRPC, GRPC-WEB, HTTP2, HTTP3, MONGO, TCP or TLS. Required. Validated only: it has no effect here. */
  readonly protocol?: string;
  /** Its name, unique in the Gateway. Required. Validated only: it has no effect here. */
  readonly name?: string;
  /** Unused, in Istio too. Validated only: it has no effect here. */
  readonly targetPort?: number;
}

/** TLS towards the callers. */
export interface GatewayTls {
  /**
   * Answers every request with a redirect to https. The only field for HTTP servers. Default: false. Validated only: it
   * has no effect here. Unlike Istio: `explain --gateway` shows it.
   */
  readonly httpsRedirect?: boolean;
  /**
   * Whether TLS ends at the Gateway, and whether callers show a certificate. Default: PASSTHROUGH. Validated only: it
   * has no effect here.
   */
  readonly mode?: "PASSTHROUGH" | "SIMPLE" | "MUTUAL" | "AUTO_PASSTHROUGH" | "ISTIO_MUTUAL" | "OPTIONAL_MUTUAL";
  /** File of the certificate to show. Validated only: it has no effect here. */
  readonly serverCertificate?: string;
  /** File of its key. Validated only: it has no effect here. */
  readonly privateKey?: string;
  /** File of the authorities that sign callers' certificates. Validated only: it has no effect here. */
  readonly caCertificates?: string;
  /** File of certificates that are revoked. Validated only: it has no effect here. */
  readonly caCrl?: string;
  /** Names, one of which a caller's certificate has. Validated only: it has no effect here. */
  readonly subjectAltNames?: readonly string[];
  /** Secret that holds certificate and key. Validated only: it has no effect here. */
  readonly credentialName?: string;
  /** Several of them. Validated only: it has no effect here. */
  readonly credentialNames?: readonly string[];
  /** Secret that holds the authorities. Validated only: it has no effect here. */
  readonly caCertCredentialName?: string;
  /** Certificates of several kinds of key, not looked into. Validated only: it has no effect here. */
  readonly tlsCertificates?: readonly Readonly<Record<string, unknown>>[];
  /** Hashes of keys that callers may have, base64 of SHA-256. Validated only: it has no effect here. */
  readonly verifyCertificateSpki?: readonly string[];
  /** Hashes of certificates that callers may have, hex of SHA-256. Validated only: it has no effect here. */
  readonly verifyCertificateHash?: readonly string[];
  /** Oldest version of TLS. Default: TLSV1_2. Validated only: it has no effect here. */
  readonly minProtocolVersion?: "TLS_AUTO" | "TLSV1_0" | "TLSV1_1" | "TLSV1_2" | "TLSV1_3";
  /** Newest version of TLS. Default: TLSV1_3. Validated only: it has no effect here. */
  readonly maxProtocolVersion?: "TLS_AUTO" | "TLSV1_0" | "TLSV1_1" | "TLSV1_2" | "TLSV1_3";
  /** Ciphers allowed. Validated only: it has no effect here. */
  readonly cipherSuites?: readonly string[];
}
