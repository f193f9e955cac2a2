import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createMeshStage } from "../matrix/mesh-stage.ts";
import type { ClientReport } from "./calling-client.ts";
import { type Child, startChild } from "./child.ts";

/** A process of Node holds some twenty files before it has made a call. */
const maxFiles = 48;

describe("a client without files left", () => {
  const stage = createMeshStage();
  let child: Child | undefined;
  after(async () => {
    await child?.end();
    await stage.end();
  });

  it("row 59: says so, ejects nobody, and works again when sockets are free", async () => {
    const ports = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { port } = await stage.server((_request, response) => void setTimeout(() => response.end("well"), 100));
        return String(port);
      }),
    );
    child = await startChild("calling-client.ts", ports, { maxFiles });
    const burst = await child.ask<ClientReport>({ do: "burst", calls: 200 });
    assert.ok(burst.failures.length > 0, "the burst needs more sockets than there are");
    assert.deepEqual(burst.ejected, []);
    for (const failure of burst.failures) assert.match(failure, /^503 .*EMFILE/);
    const later = await child.ask<ClientReport>({ do: "burst", calls: 10 });
    assert.deepEqual({ failures: later.failures, ejected: later.ejected }, { failures: [], ejected: [] });
  });
});
