import { isIpAddress } from "../../validate/addresses.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check } from "../check.ts";

/** Whoever writes such a resource makes every instance ask an address that only insiders reach. */
export const jwksUris: Check = {
  name: "jwks-uris",
  description: "RequestAuthentications fetch no keys from addresses inside the network that are no service of the mesh",
  codes: ["IST0175"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.ofKind("RequestAuthentication")) {
      const namespace = resource.metadata.namespace ?? "";
      for (const [at, { jwksUri = "" }] of (resource.spec.jwtRules ?? []).entries()) {
        const host = hostOf(jwksUri);
        if (host === undefined || !isInside(host) || isService(host, namespace, context)) continue;
        report(
          "IST0175",
          resource,
          `spec.jwtRules[${at}].jwksUri`,
          `keys are fetched from ${host}, inside the network, and nothing restricts where such addresses lead`,
        );
      }
    }
  },
};

/** True for services of the mesh, and for names that may be some where not all of them are known. */
function isService(host: string, namespace: string, context: AnalysisContext): boolean {
  const full = context.resolve(host, namespace);
  if (context.service(full, namespace) !== undefined) return true;
  return host !== "localhost" && full.includes(".svc.") && !context.isUnknownHost(full, namespace);
}

function hostOf(url: string): string | undefined {
  const [, bracketed, plain] = /^https?:\/\/(?:[^/?#@]*@)?(?:\[([^\]]*)\]|([^/?#:]*))/i.exec(url) ?? [];
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, "");
}

/** Loopback, private, link-local (where clouds answer with credentials) and unspecified addresses (RFC 6890). */
const insideBlocks =
  /^(?:0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[789]\d|1[01]\d|12[0-7])\.|::$|::1$|::ffff:|f[cd]|fe[89ab])/;

/** Names that a public resolver does not know. */
const insideNames = /^(?:[^.]*|.*\.(?:localhost|local|internal|svc))$/;

function isInside(host: string): boolean {
  return isIpAddress(host) ? insideBlocks.test(host) : insideNames.test(host);
}
