import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseOptions, usage } from "./bookinfo-options.ts";

describe("parseOptions", () => {
  it("takes Istio's port for the page and the registry's own where nothing is said", () => {
    assert.deepEqual(parseOptions([], "data"), {
      registryPort: 7070,
      port: 9080,
      data: "data",
      ratingsDatabase: undefined,
    });
  });

  it("takes what the command line says", () => {
    const args = ["--port", "0", "--registry-port", "7171", "--data", "here", "--ratings-database", "mysql://host/db"];
    assert.deepEqual(parseOptions(args, "data"), {
      registryPort: 7171,
      port: 0,
      data: "here",
      ratingsDatabase: "mysql://host/db",
    });
  });

  it("takes a Consul agent in the registry's place", () => {
    assert.equal(parseOptions(["--consul", "http://127.0.0.1:8500/"], "data")?.consul, "http://127.0.0.1:8500");
  });

  it("is undefined for --help", () => assert.equal(parseOptions(["--help"], "data"), undefined));

  it("explains every option in the usage", () => {
    for (const option of ["--registry-port", "--port", "--data", "--ratings-database", "--consul"])
      assert.ok(usage.includes(option));
  });

  for (const args of [
    ["--prot", "1"],
    ["--registry-port", "x"],
    ["--port", "7070"],
    ["--ratings-database", "ratings.sqlite"],
    ["--consul", "127.0.0.1:8500"],
  ] as const) {
    it(`refuses ${args.join(" ")}, naming it`, () => {
      assert.throws(() => parseOptions(args, "data"), new RegExp(args[0]));
    });
  }
});
