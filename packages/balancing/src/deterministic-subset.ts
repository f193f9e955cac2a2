import type { Hash64 } from "./hash/hash64.ts";
import type { BalancedEndpoint } from "./picker.ts";

/** Which clients there are, as far as one of them has to know. */
export interface SubsetClient {
  /**
   * Number of this client among all of its kind, from 0 on. Consecutive numbers spread connections evenly over the
   * endpoints; any other whole number spreads them evenly on average.
   */
  readonly client: number;
  readonly hash64: Hash64;
}

/**
 * At most `size` endpoints that one client uses, chosen so that a whole group of clients covers all endpoints once
 * (deterministic subsetting, "Site Reliability Engineering", chapter 20). Each group has its own order, a sort by hash
 * in place of the book's shuffle: an endpoint that comes or goes shifts the subsets by one instead of remaking them.
 * An endpoint that may not be used is stood in for by the next in the order.
 */
export function chooseSubset<E extends BalancedEndpoint>(
  endpoints: readonly E[],
  isUsable: (balanced: E) => boolean,
  size: number,
  { client, hash64 }: SubsetClient,
): readonly E[] {
  if (endpoints.length <= size) return endpoints.filter(isUsable);
  const subsets = Math.ceil(endpoints.length / size);
  const group = BigInt(Math.floor(client / subsets));
  const order = endpoints
    .map((balanced) => ({ balanced, place: hash64(balanced.endpoint.id, group) }))
    .sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0));
  const from = Math.floor(((client % subsets) * order.length) / subsets);
  const chosen: E[] = [];
  for (let step = 0; step < order.length && chosen.length < size; step++) {
    const { balanced } = order[(from + step) % order.length]!;
    if (isUsable(balanced)) chosen.push(balanced);
  }
  return chosen;
}
