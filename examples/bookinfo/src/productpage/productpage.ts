import { createServer } from "node:http";
import { createMesh } from "intramesh";
import { type Answer, answering, json, notFound, type Question } from "../service/answer.ts";
import { listen } from "../service/listen.ts";
import { readBody } from "../service/read-body.ts";
import { serveUntilStopped } from "../service/serve-until-stopped.ts";
import { serviceOptions } from "../service/service-options.ts";
import { createBookCalls } from "./book-calls.ts";
import { renderMessage, renderProductPage, stylesheet, stylesheetPath } from "./page.ts";
import { products } from "./products.ts";
import { parseUser, sessionCookie, userOf } from "./session.ts";

const { port, version } = serviceOptions();
const server = createServer();
const targetPort = await listen(server, port);
const mesh = await createMesh({ service: { name: "productpage", version, port: 9080, targetPort } });
const books = createBookCalls(mesh.fetch);

const handler = answering(async (question) => {
  const { method, path, request } = question;
  if (path.startsWith("/api/v1/")) return answerApi(question);
  switch (`${method} ${path}`) {
    case "GET /health":
      return text("text/plain", "Product page is healthy");
    case "GET /":
      return redirect("/productpage");
    case "GET /productpage":
      return productPage(userOf(request));
    case `GET ${stylesheetPath}`:
      return text("text/css", stylesheet);
    case "POST /login":
      return login(question);
    case "GET /logout":
      return redirect("/productpage", { "set-cookie": sessionCookie(undefined) });
    default:
      return notFound(question);
  }
});

async function productPage(user: string | undefined): Promise<Answer> {
  const product = products[0]!;
  const [details, reviews] = await Promise.all([books.details(product.id), books.reviews(product.id)]);
  return text("text/html", renderProductPage({ product, user, details, reviews }));
}

async function answerApi(question: Question): Promise<Answer> {
  const { method, path } = question;
  const [, id, what] = /^\/api\/v1\/products\/(\d{1,9})(?:\/(reviews|ratings))?$/.exec(path) ?? [];
  if (method !== "GET") return notFound(question);
  if (path === "/api/v1/products") return json(products);
  if (id === undefined) return notFound(question);
  if (what === "reviews") return books.reviews(Number(id));
  return what === "ratings" ? books.ratings(Number(id)) : books.details(Number(id));
}

async function login({ request }: Question): Promise<Answer> {
  const user = parseUser(new URLSearchParams(await readBody(request)).get("username"));
  if (user !== undefined) return redirect("/productpage", { "set-cookie": sessionCookie(user) });
  return text("text/html", renderMessage("A name has 1 to 64 letters, digits or signs, and no accents."), 400);
}

function text(type: string, body: string, status: number = 200): Answer {
  return { status, body, headers: { "content-type": `${type}; charset=utf-8` } };
}

function redirect(location: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...text("text/plain", "", 302), headers: { location, "content-type": "text/plain", ...headers } };
}

const meshed = mesh.listener(handler);
server.on("request", (request, response) => {
  // Who is signed in becomes a header before the mesh sees the request. From here on the mesh carries it: to reviews,
  // and from there to ratings.
  const user = userOf(request);
  if (user !== undefined) request.headers["end-user"] = user;
  meshed(request, response);
});
serveUntilStopped(server, mesh);
