import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMesh, type Decision, files, type Mesh } from "intramesh";

// The program of somebody who has installed the packages: YAML beside it, a service, a call. Prints what came.
const server = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
writeFileSync(
  "mesh.yaml",
  `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: greeter }
spec:
  hosts: [greeter.example]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { http: ${port} } }]
`,
);

const mesh: Mesh = await createMesh({
  service: { name: "caller" },
  sources: [files("./mesh.yaml")],
  stateDirectory: "./state",
});
await mesh.ready();
const response: Response = await mesh.fetch("http://greeter.example/");
const decision: Decision = mesh.explain("http://greeter.example/");
process.stdout.write(`${response.status} ${await response.text()} ${decision.destinations[0]?.host}\n`);
await mesh.close();
server.close();
