/** One kind of resource, as the registry serves it and the command names it. */
export interface KindInfo {
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Newest first; the first is the one that is stored. */
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
}
