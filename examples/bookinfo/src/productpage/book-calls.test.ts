import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBookCalls } from "./book-calls.ts";

/** A fetch that answers with these statuses in turn, and notes what was asked. */
function fetchAnswering(...statuses: readonly number[]): { readonly asked: string[]; readonly fetch: typeof fetch } {
  const asked: string[] = [];
  return {
    asked,
    async fetch(url) {
      const status = statuses[asked.length] ?? 200;
      asked.push(String(url));
      if (status === 0) throw new TypeError("the connection broke");
      return Response.json({ status }, { status });
    },
  };
}

describe("calls of the product page", () => {
  it("ask each service by its name in the mesh", async () => {
    const { asked, fetch } = fetchAnswering();
    const calls = createBookCalls(fetch);
    await calls.details(1);
    await calls.reviews(2);
    await calls.ratings(3);
    assert.deepEqual(asked, [
      "http://details:9080/details/1",
      "http://reviews:9080/reviews/2",
      "http://ratings:9080/ratings/3",
    ]);
  });

  it("ask for reviews a second time, and no third", async () => {
    const once = fetchAnswering(503);
    assert.deepEqual(await createBookCalls(once.fetch).reviews(0), { status: 200, body: { status: 200 } });
    const twice = fetchAnswering(0, 503);
    const { status, body } = await createBookCalls(twice.fetch).reviews(0);
    assert.equal(status, 503);
    assert.deepEqual(body, { error: "Sorry, product reviews are currently unavailable for this book." });
    assert.equal(twice.asked.length, 2);
  });

  it("ask for details once, and answer 500 where nothing came", async () => {
    const { asked, fetch } = fetchAnswering(0);
    assert.equal((await createBookCalls(fetch).details(0)).status, 500);
    assert.equal(asked.length, 1);
  });
});
