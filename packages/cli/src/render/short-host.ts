/** A service's host as people call it: `reviews`, `reviews.prod` outside the default namespace; other hosts as they are. */
export function shortHost(host: string): string {
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc\./.exec(host) ?? [];
  if (name === undefined) return host;
  return namespace === "default" ? name : `${name}.${namespace}`;
}
