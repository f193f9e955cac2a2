import { badRequest } from "../../http/status.ts";

/** A field as it came: a varint, or the bytes of anything that has a length. */
export type RawField = number | Buffer;

/** The fields of a message by their number, each as often as it came. Those of a fixed width are passed over. */
export type Fields = ReadonlyMap<number, readonly RawField[]>;

/** Takes a message apart (https://protobuf.dev/programming-guides/encoding/). Throws an ApiError where it breaks off. */
export function readFields(message: Buffer): Fields {
  const fields = new Map<number, RawField[]>();
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
  const keep = (number: number, field: RawField): void => {
    const known = fields.get(number);
    if (known === undefined) fields.set(number, [field]);
    else known.push(field);
  };
  while (at < message.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        keep(number, varint());
        break;
      case 1:
        at += 8;
        break;
      case 2: {
        const end = varint() + at;
        if (end > message.length) throw badRequest("the protobuf body ends in mid-field");
        keep(number, message.subarray(at, end));
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

/** The last value of a field that has a length, as a message without a second one would have it. */
export function bytesOf(fields: Fields, number: number): Buffer | undefined {
  return fields.get(number)?.findLast((field) => typeof field !== "number");
}

/** The last value of a field that is a number. */
export function numberOf(fields: Fields, number: number): number | undefined {
  return fields.get(number)?.findLast((field) => typeof field === "number");
}
