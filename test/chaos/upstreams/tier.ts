import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Resource } from "@intramesh/config";
import { pushSource } from "@intramesh/testing";
import { createMesh } from "intramesh";
import { resources, service } from "../testbed/resources.ts";
import type { Command, Reply } from "./behaviour.ts";

/*
 * A service between others: what comes in is asked of `reviews`, and its status is the answer. Arguments: its name, the
 * port of its `reviews`, and YAML about them.
 */
const [name = "tier", port = "0", yaml = ""] = process.argv.slice(2);

const source = pushSource<Resource>();
source.push([...service("reviews", [Number(port)]), ...resources(yaml)]);
const mesh = await createMesh({ service: { name }, logger: { warn: () => undefined }, sources: [source] });
await mesh.ready();

const server = createServer(
  mesh.listener(async (_request, response) => {
    const answer = await mesh.fetch("http://reviews/");
    response.statusCode = answer.status;
    response.end(await answer.text());
  }),
);
server.listen(0, "127.0.0.1", () => tell({ listening: (server.address() as AddressInfo).port }));

function tell(reply: Reply): void {
  process.send?.(reply);
}

process.on("message", ({ number }: Command) => tell({ number }));
process.on("disconnect", () => process.exit());
