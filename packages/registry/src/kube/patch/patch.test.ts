import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { strategicMergePatch } from "./strategic-merge-patch.ts";

describe("a merge patch (RFC 7386, appendix A)", () => {
  const cases: readonly [unknown, unknown, unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, expected] of cases) {
    test(`${JSON.stringify(patch)} on ${JSON.stringify(target)}`, () => {
      assert.deepEqual(mergePatch(target, patch), expected);
    });
  }

  test("a key named __proto__ is a key like others", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.deepEqual(Object.keys(merged), ["__proto__"]);
  });
});

describe("a JSON patch (RFC 6902, appendix A)", () => {
  const cases: readonly [unknown, unknown, unknown][] = [
    [{ foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { foo: "bar", baz: "qux" }],
    [{ foo: ["a", "c"] }, [{ op: "add", path: "/foo/1", value: "b" }], { foo: ["a", "b", "c"] }],
    [{ foo: ["a"] }, [{ op: "add", path: "/foo/-", value: ["b"] }], { foo: ["a", ["b"]] }],
    [{ a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
    [{ foo: ["a", "b"] }, [{ op: "remove", path: "/foo/0" }], { foo: ["b"] }],
    [{ a: 1 }, [{ op: "replace", path: "/a", value: 2 }], { a: 2 }],
    [{ a: { b: 1 }, c: {} }, [{ op: "move", from: "/a/b", path: "/c/d" }], { a: {}, c: { d: 1 } }],
    [{ a: { b: 1 } }, [{ op: "copy", from: "/a", path: "/c" }], { a: { b: 1 }, c: { b: 1 } }],
    [{ a: [1] }, [{ op: "test", path: "/a", value: [1] }], { a: [1] }],
    [
      { "/": 9, "~1": 10 },
      [
        { op: "replace", path: "/~1", value: 8 },
        { op: "remove", path: "/~01" },
      ],
      { "/": 8 },
    ],
  ];
  for (const [target, patch, expected] of cases) {
    test(`${JSON.stringify(patch)} on ${JSON.stringify(target)}`, () => {
      assert.deepEqual(jsonPatch(target, patch), expected);
    });
  }

  const refused: readonly [unknown, RegExp][] = [
    [[{ op: "remove", path: "/b" }], /operation 0 \(remove \/b\): there is no "b"/],
    [[{ op: "test", path: "/a", value: 2 }], /the value is another one/],
    [[{ op: "add", path: "/a/b/c", value: 2 }], /there is no "b"/],
    [[{ op: "frob", path: "/a" }], /op must be add, remove, replace, move, copy or test/],
    [[{ op: "add", path: "a", value: 1 }], /is not a JSON pointer/],
    [{ a: 1 }, /a JSON patch is a list/],
  ];
  for (const [patch, message] of refused) {
    test(`${JSON.stringify(patch)} is refused`, () => {
      assert.throws(() => jsonPatch({ a: 1 }, patch), message);
    });
  }

  test("the target stays as it was", () => {
    const target = { a: [1, 2] };
    jsonPatch(target, [{ op: "remove", path: "/a/0" }]);
    assert.deepEqual(target, { a: [1, 2] });
  });
});

describe("a strategic merge patch", () => {
  const service = {
    spec: {
      ports: [
        { name: "http", port: 9080 },
        { name: "tcp", port: 9 },
      ],
      selector: { app: "a" },
    },
  };
  const ports = (patch: Record<string, unknown>): unknown =>
    (strategicMergePatch("Service", service, { spec: patch }) as typeof service).spec.ports;

  test("ports are told apart by their number", () => {
    assert.deepEqual(ports({ ports: [{ port: 9, name: "other" }] }), [
      { name: "http", port: 9080 },
      { name: "other", port: 9 },
    ]);
  });

  test("a port that changes its number is one deleted and one added, in the order that is asked for", () => {
    const patch = {
      "$setElementOrder/ports": [{ port: 9082 }, { port: 9 }],
      ports: [
        { name: "http", port: 9082 },
        { $patch: "delete", port: 9080 },
      ],
    };
    assert.deepEqual(ports(patch), [
      { name: "http", port: 9082 },
      { name: "tcp", port: 9 },
    ]);
  });

  test("a map can be replaced, and keys of it retained", () => {
    const replaced = strategicMergePatch("Service", service, { spec: { selector: { $patch: "replace", b: "c" } } });
    assert.deepEqual((replaced as { spec: { selector: unknown } }).spec.selector, { b: "c" });
    const retained = strategicMergePatch("Service", service, { spec: { $retainKeys: ["ports"] } });
    assert.deepEqual(retained, { spec: { ports: service.spec.ports } });
  });

  test("values go from a list of plain values by name", () => {
    const target = { metadata: { finalizers: ["a", "b"] } };
    const patch = { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } };
    assert.deepEqual(strategicMergePatch("Namespace", target, patch), { metadata: { finalizers: ["b"] } });
  });
});
