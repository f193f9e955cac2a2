import assert from "node:assert/strict";
import { it } from "node:test";
import { MeshDispatcher } from "./face/dispatcher.ts";
import { directFace } from "./testing/direct-face.ts";
import { bodyOf, startUpstream } from "./testing/upstream.ts";

// In a file of its own: the index of undici 8, which other tests load, breaks the fetch of Node 22 for the whole process.
it("loading the transport leaves the fetch that is built into Node as it was", async () => {
  const { face, pools } = directFace();
  assert.ok(new MeshDispatcher(face));
  const upstream = await startUpstream(async (request, response) => response.end(await bodyOf(request)));
  const response = await fetch(upstream.url, { method: "POST", body: "plain", headers: { "content-length": "5" } });
  assert.equal(await response.text(), "plain");
  await pools.close();
  await upstream.close();
});
