import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { pushSource } from "@intramesh/testing";
import { createMesh } from "intramesh";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "./mesh-of-echoes.ts";

test("a WebSocket of ws goes to an instance of the service by agent", async (t) => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.on("message", (message) => socket.send(`echo ${message}`)));
  const port = await listen(t, server);
  const source = pushSource();
  source.push([
    {
      apiVersion: "networking.istio.io/v1",
      kind: "ServiceEntry",
      metadata: { name: "chat", namespace: "default" },
      spec: {
        hosts: ["chat.example"],
        ports: [{ number: 80, name: "http", protocol: "HTTP" }],
        resolution: "STATIC",
        endpoints: [{ address: "127.0.0.1", ports: { http: port } }],
      },
    },
  ]);
  const mesh = await createMesh({ service: { name: "caller" }, sources: [source], handleSignals: false });
  t.after(() => mesh.close());
  await mesh.ready();
  const socket = new WebSocket("ws://chat.example/", { agent: mesh.agent });
  await once(socket, "open");
  socket.send("hello");
  const [message] = (await once(socket, "message")) as [Buffer];
  assert.equal(message.toString(), "echo hello");
  socket.close();
  await once(socket, "close");
});
