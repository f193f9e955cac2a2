import { anything, flag, listOf, mapOf, object, oneOf, port, text, uint32, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";

const serverPort: ObjectSchema = object("GatewayPort", "The port of a server.", {
  number: validated(port, "Its number, 1 to 65535.", { required: true }),
  protocol: validated(text, "HTTP, HTTPS, GRPC, GRPC-WEB, HTTP2, HTTP3, MONGO, TCP or TLS.", { required: true }),
  name: validated(text, "Its name, unique in the Gateway.", { required: true }),
  targetPort: validated(uint32(), "Unused, in Istio too."),
});

const protocolVersion = oneOf("TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3");

const tls: ObjectSchema = object("GatewayTls", "TLS towards the callers.", {
  httpsRedirect: validated(flag, "Answers every request with a redirect to https. The only field for HTTP servers.", {
    default: "false",
    differs: "`explain --gateway` shows it.",
  }),
  mode: validated(
    oneOf("PASSTHROUGH", "SIMPLE", "MUTUAL", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL", "OPTIONAL_MUTUAL"),
    "Whether TLS ends at the Gateway, and whether callers show a certificate.",
    { default: "PASSTHROUGH" },
  ),
  serverCertificate: validated(text, "File of the certificate to show."),
  privateKey: validated(text, "File of its key."),
  caCertificates: validated(text, "File of the authorities that sign callers' certificates."),
  caCrl: validated(text, "File of certificates that are revoked."),
  subjectAltNames: validated(listOf(text), "Names, one of which a caller's certificate has."),
  credentialName: validated(text, "Secret that holds certificate and key."),
  credentialNames: validated(listOf(text), "Several of them."),
  caCertCredentialName: validated(text, "Secret that holds the authorities."),
  tlsCertificates: validated(listOf(mapOf(anything)), "Certificates of several kinds of key, not looked into."),
  verifyCertificateSpki: validated(listOf(text), "Hashes of keys that callers may have, base64 of SHA-256."),
  verifyCertificateHash: validated(listOf(text), "Hashes of certificates that callers may have, hex of SHA-256."),
  minProtocolVersion: validated(protocolVersion, "Oldest version of TLS.", { default: "TLSV1_2" }),
  maxProtocolVersion: validated(protocolVersion, "Newest version of TLS.", { default: "TLSV1_3" }),
  cipherSuites: validated(listOf(text), "Ciphers allowed."),
});

const server: ObjectSchema = object("GatewayServer", "One port and the hosts served there.", {
  port: validated(serverPort, "The port.", { required: true }),
  bind: validated(text, "Address to listen at."),
  hosts: validated(
    listOf(text),
    "`[namespace/]host` in full, `*` for all. VirtualServices of these hosts are served.",
    {
      required: true,
      differs: "`explain --gateway` goes by it.",
    },
  ),
  tls: validated(tls, "TLS towards the callers. HTTPS and TLS need it."),
  defaultEndpoint: validated(text, "Unused."),
  name: validated(text, "Its name."),
});

export const gateway: KindSchema = {
  kind: "Gateway",
  doc: "Where requests come into the mesh. No program listens for it yet; `explain --gateway` decides by it.",
  status: "validated",
  spec: object("GatewaySpec", "Ports and hosts at the edge.", {
    servers: validated(listOf(server), "At least one server.", { required: true }),
    selector: validated(mapOf(text), "Labels of the programs that listen."),
  }),
};
