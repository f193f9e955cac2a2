import assert from "node:assert/strict";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Intramesh from "intramesh";
import { createMeshStage, service, stateSource } from "../matrix/mesh-stage.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

describe("two copies of the library in one process", () => {
  const stage = createMeshStage();
  let folder: string;
  let copy: typeof Intramesh;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "intramesh-copy-"));
    await cp(join(repository, "packages/mesh/src"), join(folder, "src"), { recursive: true });
    await cp(join(repository, "packages/mesh/package.json"), join(folder, "package.json"));
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
    copy = (await import(pathToFileURL(join(folder, "src/index.ts")).href)) as typeof Intramesh;
  });

  after(async () => {
    await stage.end();
    await rm(folder, { recursive: true });
  });

  it("row 72: both route, each with metrics of its own, and one's requests pass through the other's listener", async () => {
    const back = await stage.server((_request, response) => void response.end("well"));
    const other = await copy.createMesh({
      service: { name: "middle" },
      logger: { warn: () => undefined },
      sources: [stateSource(service("back", [back]))],
    });
    await other.ready();
    const middle = await stage.server(
      other.listener(async (_request, response) => {
        response.end(await (await other.fetch("http://back/")).text());
      }),
    );
    const mesh = await stage.mesh(service("middle", [middle]));
    assert.equal(await (await mesh.fetch("http://middle/")).text(), "well");
    const count = (page: string, destination: string): number =>
      page
        .split("\n")
        .filter((line) => line.startsWith("istio_requests_total{") && line.includes('reporter="source"'))
        .filter((line) => line.includes(`destination_service_name="${destination}"`)).length;
    const [mine, others] = [await mesh.metrics(), await other.metrics()];
    assert.deepEqual([count(mine, "middle"), count(mine, "back")], [1, 0]);
    assert.deepEqual([count(others, "middle"), count(others, "back")], [0, 1]);
    await other.close();
  });

  it("row 72: the second one warns, with the paths of both", {}, async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string): void => void warnings.push(message) };
    await (await stage.mesh([]))[Symbol.asyncDispose]();
    const other = await copy.createMesh({ logger, sources: [stateSource([])] });
    await other.close();
    const all = [...stage.warnings, ...warnings].filter((warning) => warning.includes("2 copies of intramesh"));
    assert.equal(all.length, 1);
    assert.ok(all[0]!.includes(folder) && all[0]!.includes(join(repository, "packages/mesh")), all[0]);
  });
});
