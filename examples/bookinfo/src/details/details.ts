import { createServer } from "node:http";
import { createMesh } from "intramesh";
import { answering, failure, idAfter, json, notFound } from "../service/answer.ts";
import { listen } from "../service/listen.ts";
import { serveUntilStopped } from "../service/serve-until-stopped.ts";
import { serviceOptions } from "../service/service-options.ts";

const { port, version } = serviceOptions();
const server = createServer();
const targetPort = await listen(server, port);

// Callers say `details:9080`; this process listens elsewhere. Where the registry is, INTRAMESH_REGISTRY says.
const mesh = await createMesh({ service: { name: "details", version, port: 9080, targetPort } });

const handler = answering((question) => {
  const { method, path } = question;
  if (path === "/health") return json({ status: "Details is healthy" });
  if (method !== "GET" || !path.startsWith("/details/")) return notFound(question);
  const id = idAfter("/details/", path);
  return id === undefined ? failure(400, "a product's id is a number") : json(detailsOf(id));
});

/** One edition stands for every book: what this service knows is not what it is here to show. */
function detailsOf(id: number): object {
  return {
    id,
    author: "William Shakespeare",
    year: 1595,
    type: "paperback",
    pages: 200,
    publisher: "PublisherA",
    language: "English",
    "ISBN-10": "1234567890",
    "ISBN-13": "123-1234567890",
  };
}

server.on("request", mesh.listener(handler));
serveUntilStopped(server, mesh);
