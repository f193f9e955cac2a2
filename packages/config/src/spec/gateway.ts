/* Gateway as Istio writes it (networking/v1alpha3/gateway.proto). */

/** The port that a server listens on. */
export interface GatewayPort {
  readonly number?: number;
  readonly protocol?: string;
  readonly name?: string;
  readonly targetPort?: number;
}

/** How a server ends TLS, or passes it through. */
export interface GatewayTls {
  readonly httpsRedirect?: boolean;
  readonly mode?: string;
  readonly serverCertificate?: string;
  readonly privateKey?: string;
  readonly caCertificates?: string;
  readonly caCrl?: string;
  readonly subjectAltNames?: readonly string[];
  readonly credentialName?: string;
  readonly credentialNames?: readonly string[];
  readonly caCertCredentialName?: string;
  readonly tlsCertificates?: readonly Readonly<Record<string, unknown>>[];
  readonly verifyCertificateSpki?: readonly string[];
  readonly verifyCertificateHash?: readonly string[];
  readonly minProtocolVersion?: string;
  readonly maxProtocolVersion?: string;
  readonly cipherSuites?: readonly string[];
}

/** One listener of a Gateway and the hosts that it serves. */
export interface GatewayServer {
  readonly port?: GatewayPort;
  readonly bind?: string;
  /** `[namespace/]dnsName` */
  readonly hosts?: readonly string[];
  readonly tls?: GatewayTls;
  readonly defaultEndpoint?: string;
  readonly name?: string;
}

/** The spec of a Gateway. */
export interface GatewaySpec {
  readonly servers?: readonly GatewayServer[];
  readonly selector?: Readonly<Record<string, string>>;
}
