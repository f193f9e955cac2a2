import assert from "node:assert/strict";
import { it } from "node:test";
import { createRequestIds } from "./request-id.ts";

it("request ids are UUIDs and never the same twice", () => {
  const next = createRequestIds();
  const ids = new Set(Array.from({ length: 200_000 }, next));
  assert.equal(ids.size, 200_000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
});
