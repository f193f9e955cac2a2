import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PageContent, renderMessage, renderProductPage } from "./page.ts";
import { products } from "./products.ts";

function page(reviews: readonly object[], changes: Partial<PageContent> = {}): string {
  return renderProductPage({
    product: products[0]!,
    user: undefined,
    details: { status: 200, body: { author: "A. Author", "ISBN-10": "123" } },
    reviews: { status: 200, body: { podname: "reviews-v1-1", reviews } },
    ...changes,
  });
}

describe("the product page", () => {
  it("shows title, details, reviews and who served them", () => {
    const text = page([{ reviewer: "Reviewer1", text: "Good." }]);
    for (const part of ["The Comedy of Errors", "A. Author", "123", "Good.", "Reviewer1", "reviews-v1-1"]) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(!text.includes('class="stars'));
  });

  it("shows stars in the colour of the rating", () => {
    const text = page([{ reviewer: "Reviewer1", text: "Good.", rating: { stars: 4, color: "red" } }]);
    assert.match(text, /<span class="stars" style="color: red" title="4 of 5 stars">★★★★☆<\/span>/);
  });

  it("shows why there is no rating, no review or no detail", () => {
    const rating = { error: "no ratings today" };
    const gone = { status: 500, body: { error: "gone for lunch" } };
    assert.ok(page([{ reviewer: "Reviewer1", text: "Good.", rating }]).includes("no ratings today"));
    assert.ok(page([], { reviews: gone }).includes("gone for lunch"));
    assert.ok(page([], { details: gone }).includes("gone for lunch"));
  });

  it("offers to sign in, or to sign out who is", () => {
    assert.match(page([]), /<form action="\/login" method="post">/);
    assert.match(page([], { user: "jason" }), /jason \(<a href="\/logout">sign out<\/a>\)/);
  });

  it("escapes what comes from elsewhere", () => {
    const evil = `<script>"'&`;
    const rating = { stars: 3, color: evil };
    const text = page([{ reviewer: evil, text: evil, rating }], { user: evil }) + renderMessage(evil);
    assert.ok(!text.includes("<script>"));
    assert.ok(text.includes("&lt;script&gt;&quot;&#39;&amp;"));
  });

  it("stands an answer of another shape", () => {
    assert.match(page([], { reviews: { status: 200, body: null }, details: { status: 200, body: [] } }), /<h1>/);
  });
});
