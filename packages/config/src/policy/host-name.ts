import { canonicalAddress } from "@intramesh/core";

/**
 * A host as Istio completes it: a name without a dot that is neither wildcard nor address belongs to the namespace of
 * the resource that says it; everything else stays. Lower case, IPv6 addresses in their canonical form.
 */
export function resolveHost(host: string, namespace: string, domain: string): string {
  const name = host.toLowerCase();
  const isShort = name !== "" && !name.includes(".") && !name.startsWith("*") && !name.includes(":");
  return isShort ? serviceHost(name, namespace, domain) : canonicalAddress(name);
}

/** FQDN of a service: `reviews.default.svc.cluster.local`. */
export function serviceHost(name: string, namespace: string, domain: string): string {
  return `${name}.${namespace}.svc.${domain}`;
}

/** Whether `pattern` (a name or a wildcard) covers `host`; a wildcard covers narrower wildcards too. */
export function coversHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  return pattern.startsWith("*") && host.length > pattern.length - 1 && host.endsWith(pattern.slice(1));
}
