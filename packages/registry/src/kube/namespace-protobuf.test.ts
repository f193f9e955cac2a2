import assert from "node:assert/strict";
import { test } from "node:test";
import { namespaceFromProtobuf } from "./namespace-protobuf.ts";

/** A length-delimited field. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function object(kind: string, metadata: readonly Buffer[]): Buffer {
  const type = Buffer.concat([field(1, "v1"), field(2, kind)]);
  const raw = Buffer.concat([field(1, Buffer.concat(metadata)), field(2, ""), field(3, "")]);
  return Buffer.concat([Buffer.from("k8s\0"), field(1, type), field(2, raw), field(3, ""), field(4, "")]);
}

test("a Namespace is read with its name and labels", () => {
  const label = Buffer.concat([field(1, "tier"), field(2, "gold")]);
  const generation = Buffer.from([7 * 8, 0x80, 0x01]);
  const body = object("Namespace", [field(1, "shop"), generation, field(11, label)]);
  assert.deepEqual(JSON.parse(namespaceFromProtobuf(body)), {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", labels: { tier: "gold" } },
    spec: {},
  });
});

test("another kind is asked for in JSON", () => {
  assert.throws(() => namespaceFromProtobuf(object("ConfigMap", [field(1, "a")])), /application\/json/);
});

test("a body that is cut, or none of Kubernetes', is refused", () => {
  const whole = object("Namespace", [field(1, "shop")]);
  assert.throws(() => namespaceFromProtobuf(whole.subarray(0, -3)), /ends in mid-field/);
  assert.throws(() => namespaceFromProtobuf(Buffer.from("{}")), /not Kubernetes' protobuf form/);
});
