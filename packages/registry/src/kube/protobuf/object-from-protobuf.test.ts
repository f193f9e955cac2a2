import assert from "node:assert/strict";
import { test } from "node:test";
import { objectFromProtobuf } from "./object-from-protobuf.ts";

/** A length-delimited field. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function object(kind: string, metadata: readonly Buffer[], more: readonly Buffer[] = []): Buffer {
  const type = Buffer.concat([field(1, "v1"), field(2, kind)]);
  const raw = Buffer.concat([field(1, Buffer.concat(metadata)), ...more]);
  return Buffer.concat([Buffer.from("k8s\0"), field(1, type), field(2, raw), field(3, ""), field(4, "")]);
}

test("a Namespace is read with its name and labels", () => {
  const label = Buffer.concat([field(1, "tier"), field(2, "gold")]);
  const generation = Buffer.from([7 * 8, 0x80, 0x01]);
  const body = object("Namespace", [field(1, "shop"), generation, field(11, label)]);
  assert.deepEqual(JSON.parse(objectFromProtobuf(body)), {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", labels: { tier: "gold" } },
  });
});

test("the values of a ConfigMap are text, those of a Secret base64", () => {
  const entry = field(2, Buffer.concat([field(1, "key"), field(2, "value")]));
  const name = [field(1, "a")];
  assert.deepEqual(JSON.parse(objectFromProtobuf(object("ConfigMap", name, [entry]))).data, { key: "value" });
  assert.deepEqual(JSON.parse(objectFromProtobuf(object("Secret", name, [entry]))).data, { key: "dmFsdWU=" });
});

test("a Service's ports are numbers, its target ports either", () => {
  const targets = [Buffer.from([8, 0, 16, 80]), Buffer.concat([Buffer.from([8, 1]), field(3, "http")])];
  const ports = targets.map((target) => field(1, Buffer.concat([Buffer.from([24, 80]), field(4, target)])));
  const spec = field(2, Buffer.concat([...ports, field(4, "ClusterIP")]));
  assert.deepEqual(JSON.parse(objectFromProtobuf(object("Service", [field(1, "a")], [spec]))).spec, {
    ports: [
      { port: 80, targetPort: 80 },
      { port: 80, targetPort: "http" },
    ],
    type: "ClusterIP",
  });
});

test("another kind is asked for in JSON", () => {
  assert.throws(() => objectFromProtobuf(object("Pod", [field(1, "a")])), /application\/json/);
});

test("a body that is cut, or none of Kubernetes', is refused", () => {
  const whole = object("Namespace", [field(1, "shop")]);
  assert.throws(() => objectFromProtobuf(whole.subarray(0, -3)), /ends in mid-field/);
  assert.throws(() => objectFromProtobuf(Buffer.from("{}")), /not Kubernetes' protobuf form/);
});
