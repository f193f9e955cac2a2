import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const body = JSON.stringify({ id: 0, ratings: { Reviewer1: 5, Reviewer2: 4 } });
const ports: number[] = [];
for (let endpoint = 0; endpoint < 3; endpoint += 1) {
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ports.push((server.address() as AddressInfo).port);
}
process.send!(ports);
