import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { files } from "@intramesh/discovery";
import { withEnvironmentSources } from "./environment-sources.ts";

describe("withEnvironmentSources", () => {
  it("leaves options alone where no variable asks for a source", async () => {
    const options = { registry: "http://127.0.0.1:7070" };
    assert.equal(await withEnvironmentSources(options, {}), options);
    assert.equal(await withEnvironmentSources(options, { INTRAMESH_CONSUL: "" }), options);
  });

  it("lets sources that the program gives go before", async () => {
    const options = { sources: [files("mesh.yaml")] };
    assert.equal(await withEnvironmentSources(options, { INTRAMESH_CONSUL: "true" }), options);
  });

  it("makes a source of the agent that INTRAMESH_CONSUL names, after the files", async () => {
    const env = { INTRAMESH_CONSUL: "http://127.0.0.1:18500", INTRAMESH_FILES: "mesh.yaml" };
    const { sources = [] } = await withEnvironmentSources({}, env);
    assert.deepEqual(
      sources.map(({ name }) => name),
      ["files mesh.yaml", "consul http://127.0.0.1:18500"],
    );
    await Promise.all(sources.map((source) => source.close()));
  });

  it("refuses what is no address", async () => {
    await assert.rejects(withEnvironmentSources({}, { INTRAMESH_CONSUL: "http://127.0.0.1/v1" }), {
      code: "MESH_BAD_OPTION",
      message: /url is "http:\/\/127\.0\.0\.1\/v1"; it must be the address of a Consul agent/,
    });
  });
});
