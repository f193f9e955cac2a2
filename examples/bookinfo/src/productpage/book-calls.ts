/** What another service answered: its JSON, or why there is none. */
export interface BookAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What the page asks of the other services. Nothing fails: an answer may be an error to show. */
export interface BookCalls {
  details(id: number): Promise<BookAnswer>;
  reviews(id: number): Promise<BookAnswer>;
  ratings(id: number): Promise<BookAnswer>;
}

/** Patience with one call, that of Istio's productpage. */
const timeoutMs = 3_000;

/** Calls details, reviews and ratings by their names in the mesh. */
export function createBookCalls(fetch: typeof globalThis.fetch): BookCalls {
  async function call(what: string, path: string): Promise<BookAnswer> {
    try {
      const response = await fetch(`http://${path}`, { signal: AbortSignal.timeout(timeoutMs) });
      if (response.ok) return { status: response.status, body: await response.json() };
      await response.body?.cancel();
      return unavailable(what, response.status);
    } catch {
      return unavailable(what, 500);
    }
  }

  return {
    details: (id) => call("details", `details:9080/details/${id}`),
    async reviews(id) {
      // Istio's productpage asks a second time: that hides a short trouble, and doubles the wait for a long one.
      const first = await call("reviews", `reviews:9080/reviews/${id}`);
      return first.status === 200 ? first : call("reviews", `reviews:9080/reviews/${id}`);
    },
    ratings: (id) => call("ratings", `ratings:9080/ratings/${id}`),
  };
}

function unavailable(what: string, status: number): BookAnswer {
  return { status, body: { error: `Sorry, product ${what} are currently unavailable for this book.` } };
}
