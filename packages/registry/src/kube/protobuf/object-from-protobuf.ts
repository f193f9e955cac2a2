import { badRequest, unsupportedMediaType } from "../../http/status.ts";
import { type FieldType, type MessageType, messageTypes } from "./message-types.ts";
import { bytesOf, type Fields, numberOf, readFields } from "./read-fields.ts";

/**
 * What kubectl sends for kinds that it has compiled in, from 1.32 on, without falling back to JSON
 * (`create namespace`, `create configmap`); `apply` and its kin send JSON.
 */
export const kubernetesProtobuf = "application/vnd.kubernetes.protobuf";

/** Stands before every object (k8s.io/apimachinery, runtime/serializer/protobuf). */
const magic = Buffer.from("k8s\0");

/** Field numbers of apimachinery's Unknown and TypeMeta. */
const unknown = { typeMeta: 1, raw: 2 };
const typeMeta = { apiVersion: 1, kind: 2 };
/** And of IntOrString, of which `type` says whether it is text. */
const integerOrText = { type: 1, integer: 2, text: 3 };
const mapEntry = { key: 1, value: 2 };

/** The JSON text of an object in Kubernetes' binary form. Throws an ApiError for kinds that are not among `messageTypes`. */
export function objectFromProtobuf(body: Buffer): string {
  if (!body.subarray(0, magic.length).equals(magic)) throw badRequest("the body is not Kubernetes' protobuf form");
  const envelope = readFields(body.subarray(magic.length));
  const type = readFields(bytesOf(envelope, unknown.typeMeta) ?? Buffer.alloc(0));
  const apiVersion = bytesOf(type, typeMeta.apiVersion)?.toString("utf8") ?? "";
  const kind = bytesOf(type, typeMeta.kind)?.toString("utf8") ?? "";
  const message = messageTypes[`${apiVersion} ${kind}`];
  if (message === undefined) throw unsupportedMediaType(["application/json"]);
  const object = readMessage(bytesOf(envelope, unknown.raw) ?? Buffer.alloc(0), message);
  return JSON.stringify({ apiVersion, kind, ...object });
}

type Json = Readonly<Record<string, unknown>>;

function readMessage(bytes: Buffer, type: MessageType): Json {
  const fields = readFields(bytes);
  return Object.fromEntries(
    Object.entries(type)
      .map(([number, [name, fieldType]]) => [name, readField(fields, Number(number), fieldType)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function readField(fields: Fields, number: number, type: FieldType): unknown {
  if (typeof type === "object" && "list" in type) {
    const items = allBytes(fields, number).map((bytes) => readValue(bytes, type.list));
    return items.length === 0 ? undefined : items;
  }
  if (typeof type === "object" && "map" in type) {
    const entries = allBytes(fields, number).map((bytes) => readEntry(bytes, type.map));
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  if (type === "integer") return numberOf(fields, number) || undefined;
  if (type === "integer-or-nothing") return numberOf(fields, number);
  if (type === "flag") return numberOf(fields, number) === undefined ? undefined : numberOf(fields, number) === 1;
  const bytes = bytesOf(fields, number);
  return bytes === undefined ? undefined : readValue(bytes, type);
}

function readValue(bytes: Buffer, type: FieldType): unknown {
  if (type === "text") return bytes.toString("utf8") || undefined;
  if (type === "bytes") return bytes.toString("base64");
  if (type === "integer-or-text") {
    const fields = readFields(bytes);
    const isText = numberOf(fields, integerOrText.type) === 1;
    return isText
      ? bytesOf(fields, integerOrText.text)?.toString("utf8")
      : numberOf(fields, integerOrText.integer) || undefined;
  }
  return typeof type === "object" && "message" in type ? readMessage(bytes, type.message) : undefined;
}

function readEntry(bytes: Buffer, type: "text" | "bytes"): readonly [string, string] {
  const fields = readFields(bytes);
  const key = bytesOf(fields, mapEntry.key)?.toString("utf8") ?? "";
  return [key, bytesOf(fields, mapEntry.value)?.toString(type === "text" ? "utf8" : "base64") ?? ""];
}

function allBytes(fields: Fields, number: number): readonly Buffer[] {
  return (fields.get(number) ?? []).filter((field) => typeof field !== "number");
}
