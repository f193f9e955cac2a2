import assert from "node:assert/strict";
import { test } from "node:test";
import { createMesh } from "./create-mesh.ts";
import { refuseUnknownOptions } from "./known-options.ts";
import type { MeshOptions } from "./options.ts";

test("takes every option that there is, and what is undefined", () => {
  refuseUnknownOptions({});
  const options = { registry: "http://127.0.0.1:7070", service: { name: "reviews", port: 9080 }, more: undefined };
  refuseUnknownOptions(options);
});

test("refuses misspelt options, all of them at once, with those that there are", () => {
  const options = { propogate: ["x-tenant"], service: { name: "reviews", prot: 9080 } } as MeshOptions;
  assert.throws(() => refuseUnknownOptions(options), {
    code: "MESH_BAD_OPTION",
    message:
      /^there is no option propogate \(known are service, registry, .*system\); nor service\.prot \(known are name, .*healthCheck\)$/,
  });
});

test("createMesh refuses them before anything else", async () => {
  const options = { registri: "http://127.0.0.1:7070" } as MeshOptions;
  await assert.rejects(createMesh(options), { code: "MESH_BAD_OPTION", message: /^there is no option registri / });
});
