/** Reserved word for every client inside the mesh. */
export const meshGateway = "mesh";

/** `namespace/name` of a Gateway as a VirtualService of `namespace` names it; `mesh` stays. */
export function resolveGateway(name: string, namespace: string): string {
  if (name === meshGateway) return name;
  if (name.startsWith("./")) return `${namespace}/${name.slice(2)}`;
  return name.includes("/") ? name : `${namespace}/${name}`;
}

/** The Gateways of a VirtualService or of a match; none written means the mesh. */
export function resolveGateways(names: readonly string[] | undefined, namespace: string): readonly string[] {
  if (names === undefined || names.length === 0) return [meshGateway];
  return names.map((name) => resolveGateway(name, namespace));
}
