import type { ClientTlsSpec } from "../spec/destination-rule.ts";
import type { Place } from "./place.ts";

/** What ISTIO_MUTUAL brings itself. */
const ownCertificates = ["clientCertificate", "privateKey", "caCertificates", "credentialName"] as const;

/** Checks a tls block: each mode with the certificates that it needs. */
export function checkClientTls(spec: ClientTlsSpec, place: Place): void {
  const { mode, clientCertificate, privateKey, credentialName } = spec;
  if (mode === "MUTUAL") {
    const hasFiles = Boolean(clientCertificate) && Boolean(privateKey);
    if (!hasFiles && !credentialName) place.error("MUTUAL needs clientCertificate and privateKey, or a credentialName");
    if (credentialName && (clientCertificate || privateKey)) {
      place.error("credentialName and certificate files exclude each other: keep one");
    }
  }
  if (mode === "ISTIO_MUTUAL") {
    const given = ownCertificates.filter((name) => spec[name]);
    if (given.length > 0) place.error(`ISTIO_MUTUAL uses the mesh's own certificates: drop ${given.join(", ")}`);
  }
}
