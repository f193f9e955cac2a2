/**
 * Every name by which a client may call a service of this host, whatever resource declares it. Hosts of the form
 * `name.namespace.svc.domain` have short ones; the bare name is for clients of the service's own namespace only. As
 * Istio's GenerateAltVirtualHosts, but for wildcards: their bare form would take every name.
 */
export function serviceNames(
  host: string,
  viewer: { readonly namespace: string; readonly domain: string },
): readonly string[] {
  const suffix = `.svc.${viewer.domain}`;
  if (!host.endsWith(suffix) || host.startsWith("*")) return [host];
  const short = host.slice(0, -suffix.length);
  const dot = short.indexOf(".");
  if (dot <= 0) return [host];
  const names = [host, `${short}.svc`, short];
  return short.slice(dot + 1) === viewer.namespace ? [...names, short.slice(0, dot)] : names;
}
