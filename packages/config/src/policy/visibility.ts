/**
 * How a namespace comes to see something: its own private matter, exported to it by name, or public.
 * In Istio's order of preference.
 */
export type Visibility = "private" | "named" | "public";

/** Undefined where `viewer` does not see what `owner` exports. Empty `exportTo` is public (mesh default `*`). */
export function findVisibility(
  exportTo: readonly string[] | undefined,
  owner: string,
  viewer: string,
): Visibility | undefined {
  if (exportTo === undefined || exportTo.length === 0 || exportTo.includes("*")) return "public";
  if (viewer === owner) return exportTo.includes(".") || exportTo.includes(owner) ? "private" : undefined;
  return exportTo.includes(viewer) ? "named" : undefined;
}
