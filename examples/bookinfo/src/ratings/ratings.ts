import { createServer } from "node:http";
import { createMesh } from "intramesh";
import { type Answer, answering, failure, idAfter, json, notFound, type Question } from "../service/answer.ts";
import { listen } from "../service/listen.ts";
import { readBody } from "../service/read-body.ts";
import { serveUntilStopped } from "../service/serve-until-stopped.ts";
import { serviceOptions } from "../service/service-options.ts";
import { createMemoryRatings } from "./memory-ratings.ts";
import { createMysqlRatings, isMysqlUrl } from "./mysql-ratings.ts";
import { parseRatings, type RatingsStore } from "./ratings-store.ts";
import { createSqliteRatings } from "./sqlite-ratings.ts";

/* v1 keeps its ratings in memory, v2 in a database. */

const { port, version, database } = serviceOptions(["v1", "v2"]);
const store = await openStore();
const server = createServer();
const targetPort = await listen(server, port);
const mesh = await createMesh({ service: { name: "ratings", version, port: 9080, targetPort } });

const handler = answering(async (question) => {
  const { method, path } = question;
  if (path === "/health") return json({ status: "Ratings is healthy" });
  if (!path.startsWith("/ratings/")) return notFound(question);
  const id = idAfter("/ratings/", path);
  if (id === undefined) return failure(400, "a product's id is a number");
  if (method === "GET") return json({ id, ratings: await store.read(id) });
  return method === "POST" ? post(id, question) : notFound(question);
});

async function post(id: number, { request }: Question): Promise<Answer> {
  const ratings = parseRatings(await readBody(request));
  if (ratings === undefined) return failure(400, 'ratings are JSON such as {"Reviewer1":5}, with 0 to 5 stars');
  await store.write(id, ratings);
  return json({ id, ratings });
}

async function openStore(): Promise<RatingsStore> {
  if (version === "v1") return createMemoryRatings();
  const where = database ?? "ratings.sqlite";
  return isMysqlUrl(where) ? createMysqlRatings(where) : createSqliteRatings(where);
}

server.on("request", mesh.listener(handler));
serveUntilStopped(server, mesh, () => store.close());
