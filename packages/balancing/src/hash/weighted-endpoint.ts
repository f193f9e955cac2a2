/** An endpoint with its share of a hash structure; the shares of a structure sum up to 1. */
export interface WeightedEndpoint<E> {
  readonly balanced: E;
  readonly share: number;
}
