import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Resource } from "@intramesh/config";
import { pushSource } from "@intramesh/testing";
import { createMesh } from "intramesh";

/*
 * A meshed server whose answers last a minute: an event stream at `/events`, a plain body elsewhere. Arguments: the drain
 * timeout, in ms. Ends as the mesh ends it.
 */
const [drainTimeoutMs = "1000"] = process.argv.slice(2);

const source = pushSource<Resource>();
source.push([]);
const mesh = await createMesh({ sources: [source], drainTimeoutMs: Number(drainTimeoutMs) });
await mesh.ready();

const server = createServer(
  mesh.listener((request, response) => {
    const type = request.url === "/events" ? "text/event-stream" : "text/plain";
    response.writeHead(200, { "content-type": type });
    const timer = setInterval(() => response.write("data: tick\n\n"), 20);
    const end = setTimeout(() => response.end(), 60_000);
    response.once("close", () => {
      clearInterval(timer);
      clearTimeout(end);
    });
  }),
);
server.listen(0, "127.0.0.1", () => process.send?.({ listening: (server.address() as AddressInfo).port }));
// The channel to the test must not keep what the mesh lets go.
process.channel?.unref();
