import { badRequest, unsupportedMediaType } from "../http/status.ts";

/**
 * What kubectl sends for kinds that it has compiled in, from 1.32 on, without falling back to JSON
 * (`create namespace`); `apply` and its kin send JSON.
 */
export const kubernetesProtobuf = "application/vnd.kubernetes.protobuf";

/** Stands before every object (k8s.io/apimachinery, runtime/serializer/protobuf). */
const magic = Buffer.from("k8s\0");

/** Field numbers of k8s.io/apimachinery's generated.proto and k8s.io/api/core/v1's. */
const unknown = { typeMeta: 1, raw: 2 };
const typeMeta = { apiVersion: 1, kind: 2 };
const namespace = { metadata: 1 };
const objectMeta = { name: 1, generateName: 2, labels: 11, annotations: 12 };
const mapEntry = { key: 1, value: 2 };

/** The JSON text of a Namespace in Kubernetes' binary form. Throws an ApiError for every other kind. */
export function namespaceFromProtobuf(body: Buffer): string {
  if (!body.subarray(0, magic.length).equals(magic)) throw badRequest("the body is not Kubernetes' protobuf form");
  const envelope = readFields(body.subarray(magic.length));
  const type = readFields(envelope.get(unknown.typeMeta)?.[0] ?? Buffer.alloc(0));
  const [apiVersion, kind] = [textOf(type, typeMeta.apiVersion), textOf(type, typeMeta.kind)];
  if (apiVersion !== "v1" || kind !== "Namespace") throw unsupportedMediaType(["application/json"]);
  const object = readFields(envelope.get(unknown.raw)?.[0] ?? Buffer.alloc(0));
  const meta = readFields(object.get(namespace.metadata)?.[0] ?? Buffer.alloc(0));
  const metadata = {
    name: textOf(meta, objectMeta.name),
    generateName: textOf(meta, objectMeta.generateName),
    labels: mapOf(meta.get(objectMeta.labels)),
    annotations: mapOf(meta.get(objectMeta.annotations)),
  };
  return JSON.stringify({ apiVersion, kind, metadata, spec: {} });
}

/** The length-delimited fields of a message by their number; others are passed over. */
type Fields = ReadonlyMap<number, readonly Buffer[]>;

/** https://protobuf.dev/programming-guides/encoding/ */
function readFields(message: Buffer): Fields {
  const fields = new Map<number, Buffer[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw badRequest("the protobuf body ends in mid-field");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw badRequest("the protobuf body has a number of more than ten bytes");
  };
  while (at < message.length) {
    const tag = varint();
    switch (tag % 8) {
      case 0:
        varint();
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const end = varint() + at;
        if (end > message.length) throw badRequest("the protobuf body ends in mid-field");
        const number = Math.floor(tag / 8);
        fields.set(number, [...(fields.get(number) ?? []), message.subarray(at, end)]);
        at = end;
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        throw badRequest(`the protobuf body has a field of wire type ${tag % 8}`);
    }
  }
  return fields;
}

/** Undefined where it is empty, as protobuf cannot tell the two apart. */
function textOf(fields: Fields, number: number): string | undefined {
  return fields.get(number)?.at(-1)?.toString("utf8") || undefined;
}

function mapOf(entries: readonly Buffer[] | undefined): Readonly<Record<string, string>> | undefined {
  if (entries === undefined) return undefined;
  return Object.fromEntries(
    entries.map(readFields).map((entry) => [textOf(entry, mapEntry.key) ?? "", textOf(entry, mapEntry.value) ?? ""]),
  );
}
