import assert from "node:assert/strict";
import { once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { connect, createServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { it } from "node:test";
import { type BodySizes, measureBodies } from "./inbound-bodies.ts";

it("counts no bytes of a request that never saw a socket", () => {
  // What tools that inject requests hand to a handler.
  const request = new IncomingMessage({} as Socket);
  const sizes = measureBodies(request, new ServerResponse(request));
  assert.deepEqual([sizes.requestBytes(), sizes.responseBytes()], [0, 0]);
});

it("counts what HTTP/2 streams bring, and what a response says of itself", async (t) => {
  let measured: BodySizes | undefined;
  const server = createServer((request, response) => {
    // The compatible API's objects stand in for those of HTTP/1.
    measured = measureBodies(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    request.resume().on("end", () => {
      response.setHeader("content-length", "3");
      response.end("abc");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => session.close());
  const stream = session.request({ ":method": "POST" });
  stream.write("hello");
  stream.end(" world");
  stream.resume();
  await once(stream, "close");
  assert.deepEqual([measured?.requestBytes(), measured?.responseBytes()], [11, 3]);
});
