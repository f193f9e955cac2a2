import assert from "node:assert/strict";
import { it } from "node:test";
import type { HttpMatchRequest } from "../spec/virtual-service.ts";
import { refineMatch } from "./match-refinement.ts";

const cases: readonly (readonly [root: HttpMatchRequest, delegate: HttpMatchRequest, refines: boolean])[] = [
  [{}, { uri: { regex: "/x.*" } }, true],
  [{ uri: { prefix: "/a" } }, { uri: { prefix: "/a/b" } }, true],
  [{ uri: { prefix: "/a" } }, { uri: { exact: "/a/b" } }, true],
  [{ uri: { prefix: "/a" } }, { uri: { prefix: "/" } }, false],
  [{ uri: { prefix: "/a" } }, { uri: { regex: "/a/.*" } }, false],
  [{ uri: { regex: "/a" } }, { uri: { exact: "/a" } }, false],
  [{ uri: { exact: "/a" } }, { uri: { exact: "/a" } }, true],
  [{ uri: { exact: "/a" } }, { uri: { prefix: "/a" } }, false],
  [{ headers: { x: { exact: "1" } } }, { headers: { y: { exact: "2" } } }, true],
  [{ headers: { x: { exact: "1" } } }, { headers: { x: { exact: "2" } } }, false],
  [{ headers: { x: {} } }, { headers: { x: { exact: "1" } } }, false],
  [{ headers: { x: { prefix: "1" } } }, { headers: { x: {} } }, false],
  [{ uri: { prefix: "" } }, { uri: { prefix: "/a" } }, false],
  [{ port: 80 }, {}, true],
  [{ port: 80 }, { port: 81 }, false],
  [{ sourceNamespace: "a" }, {}, false],
  [{ sourceNamespace: "a" }, { sourceNamespace: "a" }, true],
  [{ sourceLabels: { a: "1" } }, { sourceLabels: { a: "2" } }, false],
  [{ gateways: ["mesh"] }, { gateways: ["mesh", "edge"] }, false],
  [{ ignoreUriCase: true }, {}, false],
];

for (const [root, delegate, refines] of cases) {
  it(`${JSON.stringify(delegate)} ${refines ? "refines" : "contradicts"} ${JSON.stringify(root)}`, () => {
    assert.equal(refineMatch(root, delegate) !== undefined, refines);
  });
}

it("what is left asks for everything that either asked", () => {
  const root = { name: "shop", uri: { prefix: "/shop" }, headers: { a: { exact: "1" } } };
  const delegate = { name: "cart", uri: { exact: "/shop/cart" }, headers: { b: { exact: "2" } } };
  const { name, uri, headers } = refineMatch(root, delegate)!;
  assert.deepEqual(
    { name, uri, headers },
    { ...delegate, name: "shop-cart", headers: { ...root.headers, ...delegate.headers } },
  );
});
