import type { BookAnswer } from "./book-calls.ts";
import { Html, html } from "./html.ts";
import type { Product } from "./products.ts";

/** What the page of a book shows. */
export interface PageContent {
  readonly product: Product;
  readonly user: string | undefined;
  readonly details: BookAnswer;
  readonly reviews: BookAnswer;
}

/** Details as the service answers them; a field may be anything or missing. */
type Fields = Readonly<Record<string, unknown>>;

/** How the pages look. */
export const stylesheet = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 0 1rem 3rem; color: #1c2430 }
header { display: flex; justify-content: space-between; align-items: center; padding: 1rem 0; border-bottom: 1px solid #d5dae1 }
section { display: grid; grid-template-columns: 1fr 2fr; gap: 2rem }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem }
dt, footer { color: #5a6675 }
dd { margin: 0 }
blockquote { margin: 0 0 1.5rem }
.stars { letter-spacing: .15em }
.error { color: #9b1c1c }
`;

/** Where the pages look for their style. */
export const stylesheetPath = "/bookinfo.css";

/** The page of one book. */
export function renderProductPage({ product, user, details, reviews }: PageContent): string {
  return document(html`
    <header><strong>Bookinfo</strong>${renderSession(user)}</header>
    <h1>${product.title}</h1>
    <p>${new Html(product.descriptionHtml)}</p>
    <section>
      <div id="details">${renderDetails(details)}</div>
      <div id="reviews">${renderReviews(reviews)}</div>
    </section>`);
}

/** A page with one message. */
export function renderMessage(message: string): string {
  return document(html`<p>${message}</p><p><a href="/productpage">To the book</a></p>`);
}

function document(body: Html): string {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Bookinfo</title>
    <link rel="stylesheet" href="${stylesheetPath}">
  </head>
  <body>${body}
  </body>
</html>
`.text;
}

function renderSession(user: string | undefined): Html {
  return user === undefined
    ? html`<form action="/login" method="post">
        <input name="username" placeholder="jason" aria-label="User name" required maxlength="64"> <button>Sign in</button>
      </form>`
    : html`<span>${user} (<a href="/logout">sign out</a>)</span>`;
}

function renderDetails({ status, body }: BookAnswer): Html {
  const fields = asFields(body);
  if (status !== 200) return renderError("Book details", fields["error"]);
  const { type, pages, publisher, author, year, language } = fields;
  const rows = { Author: author, Year: year, Type: type, Pages: pages, Publisher: publisher, Language: language };
  const all = { ...rows, "ISBN-10": fields["ISBN-10"], "ISBN-13": fields["ISBN-13"] };
  return html`<h2>Book details</h2>
        <dl>${Object.entries(all).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function renderReviews({ status, body }: BookAnswer): Html {
  const fields = asFields(body);
  if (status !== 200) return renderError("Book reviews", fields["error"]);
  const reviews: readonly unknown[] = Array.isArray(fields["reviews"]) ? fields["reviews"] : [];
  return html`<h2>Book reviews</h2>
        ${reviews.map((review) => renderReview(asFields(review)))}
        <footer>Reviews served by: <code>${fields["podname"]}</code></footer>`;
}

function renderReview({ reviewer, text, rating }: Fields): Html {
  return html`<blockquote><p>${text}</p>— ${reviewer} ${rating === undefined ? undefined : renderRating(asFields(rating))}</blockquote>
        `;
}

function renderRating({ stars, color, error }: Fields): Html {
  if (typeof stars !== "number") return html`<em class="error">${error}</em>`;
  const full = Math.max(0, Math.min(5, Math.round(stars)));
  const style = typeof color === "string" && /^[a-z]+$/.test(color) ? `color: ${color}` : "";
  return html`<span class="stars" style="${style}" title="${full} of 5 stars">${"★".repeat(full)}${"☆".repeat(5 - full)}</span>`;
}

function renderError(title: string, message: unknown): Html {
  return html`<h2>${title}</h2><p class="error">${message}</p>`;
}

function asFields(value: unknown): Fields {
  // An object's own fields are read one by one, each as unknown.
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
