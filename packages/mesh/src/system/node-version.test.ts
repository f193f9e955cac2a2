import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { oldestNode, requireNode } from "./node-version.ts";

it("refuses a Node older than 22.19 by its version, and takes newer ones", () => {
  for (const version of ["18.20.0", "20.20.2", "22.18.9"])
    assert.throws(() => requireNode(version), {
      code: "MESH_NODE_TOO_OLD",
      message: new RegExp(`^intramesh needs Node 22\\.19 or newer, this is v${version.replaceAll(".", "\\.")}: `),
    });
  for (const version of ["22.19.0", "22.20.0-nightly", "24.0.0", "26.1.0"]) requireNode(version);
});

it("asks for the Node that package.json asks for", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { engines } = JSON.parse(text) as { readonly engines: { readonly node: string } };
  assert.equal(engines.node, `>=${oldestNode.major}.${oldestNode.minor}`);
});
