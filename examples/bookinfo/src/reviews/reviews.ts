import { createServer } from "node:http";
import { createMesh } from "intramesh";
import { answering, failure, idAfter, json, notFound } from "../service/answer.ts";
import { listen } from "../service/listen.ts";
import { serveUntilStopped } from "../service/serve-until-stopped.ts";
import { serviceOptions } from "../service/service-options.ts";

/* v1 has no stars; v2 has black ones, v3 red ones. */

/** Longer than the productpage waits for reviews: the fault that the walk with the delay brings to light. */
const ratingsTimeoutMs = 10_000;

const starColors: Readonly<Record<string, string | undefined>> = { v1: undefined, v2: "black", v3: "red" };

const texts: Readonly<Record<string, string>> = {
  Reviewer1:
    "Two pairs of twins, one town, and nobody asks the obvious question until the last scene. I laughed aloud.",
  Reviewer2: "Light, quick and cleverly knotted. Not the deepest of the plays, but the one I would take to the beach.",
};

const { port, version } = serviceOptions(["v1", "v2", "v3"]);
const color = starColors[version];
const server = createServer();
const targetPort = await listen(server, port);
const mesh = await createMesh({ service: { name: "reviews", version, port: 9080, targetPort } });

const handler = answering(async (question) => {
  const { method, path } = question;
  if (path === "/health") return json({ status: "Reviews is healthy" });
  if (method !== "GET" || !path.startsWith("/reviews/")) return notFound(question);
  const id = idAfter("/reviews/", path);
  if (id === undefined) return failure(400, "a product's id is a number");
  const ratings = color === undefined ? undefined : await fetchRatings(id);
  const reviews = Object.entries(texts).map(([reviewer, text]) =>
    color === undefined ? { reviewer, text } : { reviewer, text, rating: ratingOf(ratings?.[reviewer], color) },
  );
  return json({ id: String(id), podname: mesh.instance, clustername: "null", reviews });
});

/** Stars by reviewer; undefined where ratings does not answer. Who is signed in travels along by itself. */
async function fetchRatings(id: number): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const signal = AbortSignal.timeout(ratingsTimeoutMs);
    const response = await mesh.fetch(`http://ratings:9080/ratings/${id}`, { signal });
    const answer: unknown = await response.json();
    return response.ok ? (answer as { ratings?: Readonly<Record<string, unknown>> }).ratings : undefined;
  } catch {
    return undefined;
  }
}

function ratingOf(stars: unknown, color: string): object {
  return typeof stars === "number" ? { stars, color } : { error: "Ratings service is currently unavailable" };
}

server.on("request", mesh.listener(handler));
serveUntilStopped(server, mesh);
