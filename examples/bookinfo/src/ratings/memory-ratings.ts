import { firstRatings, type Ratings, type RatingsStore } from "./ratings-store.ts";

/** Ratings that end with the process. */
export function createMemoryRatings(): RatingsStore {
  const posted = new Map<number, Ratings>();
  return {
    read: async (productId) => posted.get(productId) ?? firstRatings,
    async write(productId, ratings) {
      posted.set(productId, ratings);
    },
    async close() {},
  };
}
