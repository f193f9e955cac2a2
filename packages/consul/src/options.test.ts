import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resolveConsulOptions } from "./options.ts";

describe("resolveConsulOptions", () => {
  it("looks where Consul's own tools look where nothing is said", () => {
    assert.deepEqual(resolveConsulOptions({}, {}), {
      url: "http://127.0.0.1:8500",
      host: "127.0.0.1",
      port: 8500,
      secure: false,
      token: undefined,
      datacenter: undefined,
      prefix: "intramesh/resources/",
      services: undefined,
      ttlSeconds: 15,
      graceMs: 15_000,
    });
  });

  for (const [env, url] of [
    [{ CONSUL_HTTP_ADDR: "10.0.0.1:8501" }, "http://10.0.0.1:8501"],
    [{ CONSUL_HTTP_ADDR: "10.0.0.1:8501", CONSUL_HTTP_SSL: "true" }, "https://10.0.0.1:8501"],
    [{ CONSUL_HTTP_ADDR: "https://consul.example/" }, "https://consul.example"],
    [{ CONSUL_HTTP_ADDR: "http://[::1]:8500" }, "http://[::1]:8500"],
    [{ CONSUL_HTTP_ADDR: "" }, "http://127.0.0.1:8500"],
  ] as const) {
    it(`takes ${JSON.stringify(env)} for ${url}`, () => assert.equal(resolveConsulOptions({}, env).url, url));
  }

  it("prefers what the program says to the environment", () => {
    const env = { CONSUL_HTTP_ADDR: "10.0.0.1:8500", CONSUL_HTTP_TOKEN: "from-env" };
    const { url, token } = resolveConsulOptions({ url: "http://10.0.0.2:80", token: "given" }, env);
    assert.deepEqual([url, token], ["http://10.0.0.2", "given"]);
    assert.equal(resolveConsulOptions({}, env).token, "from-env");
  });

  for (const [options, message] of [
    [
      { url: "unix:///run/consul.sock" },
      /url is "unix:\/\/\/run\/consul\.sock"; it must be the address of a Consul agent/,
    ],
    [{ url: "http://127.0.0.1:8500/v1" }, /no path/],
    [{ prefix: "/mesh" }, /prefix is "\/mesh"; .* without a slash in front/],
    [{ prefix: "" }, /prefix/],
    [{ ttlSeconds: 0 }, /ttlSeconds is 0; it must be a number, 1 or more/],
    [{ graceMs: Number.NaN }, /graceMs is NaN/],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}, with the rule`, () => {
      assert.throws(() => resolveConsulOptions(options, {}), { code: "MESH_BAD_OPTION", message });
    });
  }
});
