/** Stars by reviewer. */
export type Ratings = Readonly<Record<string, number>>;

/** Where ratings are kept. */
export interface RatingsStore {
  read(productId: number): Promise<Ratings>;
  /** Replaces the product's ratings. */
  write(productId: number, ratings: Ratings): Promise<void>;
  close(): Promise<void>;
}

/** What every product starts with. */
export const firstRatings: Ratings = { Reviewer1: 5, Reviewer2: 4 };

/** Ratings out of what somebody posted; undefined where it is anything else than reviewers with 0 to 5 stars. */
export function parseRatings(text: string | undefined): Ratings | undefined {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const stars: unknown[] = Object.values(value);
  return stars.every((each) => Number.isInteger(each) && Number(each) >= 0 && Number(each) <= 5)
    ? (value as Ratings) // every value has just been looked at
    : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
