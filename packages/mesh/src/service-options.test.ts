import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resolveService } from "./service-options.ts";

const nobody = (): undefined => undefined;

describe("who a process is", () => {
  it("comes from its package.json where nothing else says it, without its scope", () => {
    const program = (): { name: string; version: string } => ({ name: "@shop/Product.Page", version: "1.4.0+7" });
    const { name, version, instance } = resolveService({}, {}, program);
    assert.deepEqual([name, version], ["product-page", "1.4.0"]);
    assert.match(instance, /^product-page-1-4-0-[0-9a-f]{6}$/);
    assert.equal(resolveService({}, { INTRAMESH_VERSION: "v7" }, program).version, "v7");
    assert.equal(resolveService({ version: "v7" }, {}, program).version, "v7");
  });

  it("takes no version from package.json where its name comes from elsewhere, so that v1 stays v1", () => {
    const program = (): never => assert.fail("it was asked");
    const named = resolveService({}, { INTRAMESH_SERVICE: "reviews" }, program);
    assert.deepEqual([named.name, named.version], ["reviews", "v1"]);
    assert.equal(resolveService({ name: "reviews" }, {}, program).version, "v1");
  });

  it("is unknown where there is no package.json, or a name that no service can have", () => {
    const strange = (): { name: string; version: string } => ({ name: "-", version: "1.0.0" });
    for (const program of [nobody, strange]) {
      const { name, version } = resolveService({}, {}, program);
      assert.deepEqual([name, version], ["unknown", "v1"]);
    }
  });
});

describe("variables of the service", () => {
  it("give its weight and the numbers of its health check", () => {
    const env = {
      INTRAMESH_WEIGHT: "3",
      INTRAMESH_HEALTH_PATH: "/healthz",
      INTRAMESH_HEALTH_INTERVAL_SECONDS: "5",
      INTRAMESH_HEALTH_TIMEOUT_SECONDS: "0.5",
      INTRAMESH_HEALTH_UNHEALTHY_THRESHOLD: "4",
      INTRAMESH_HEALTH_HEALTHY_THRESHOLD: "2",
    };
    const { weight, healthCheck } = resolveService({}, env, nobody);
    assert.equal(weight, 3);
    assert.deepEqual(healthCheck, {
      path: "/healthz",
      intervalSeconds: 5,
      timeoutSeconds: 0.5,
      unhealthyThreshold: 4,
      healthyThreshold: 2,
    });
    assert.deepEqual(resolveService({}, { INTRAMESH_HEALTH_PATH: "/up" }, nobody).healthCheck, { path: "/up" });
  });

  it("are refused by their name, their value and the rule", () => {
    const refused = (env: NodeJS.ProcessEnv, message: string): void =>
      assert.throws(() => resolveService({}, env, nobody), { code: "MESH_BAD_OPTION", message });
    refused({ INTRAMESH_WEIGHT: "-1" }, 'option service.weight is "-1"; it must be a whole number, 0 or more');
    refused(
      { INTRAMESH_HEALTH_TIMEOUT_SECONDS: "soon" },
      'option INTRAMESH_HEALTH_TIMEOUT_SECONDS is "soon"; it must be a number of seconds, more than 0',
    );
  });
});
