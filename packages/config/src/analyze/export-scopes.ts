/** The scope that takes in every namespace. */
export const everyNamespace = "*";

/** The namespaces that see what a resource of `namespace` exports: one entry `*` for all. */
export function exportScopes(exportTo: readonly string[] | undefined, namespace: string): ReadonlySet<string> {
  if (exportTo === undefined || exportTo.length === 0 || exportTo.includes(everyNamespace)) {
    return new Set([everyNamespace]);
  }
  return new Set(exportTo.map((scope) => (scope === "." ? namespace : scope)));
}
