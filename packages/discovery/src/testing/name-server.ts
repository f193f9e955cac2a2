import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { isIPv4, isIPv6 } from "node:net";

/** A record of a name that a NameServer tells of. */
export type NameRecord =
  /** A or AAAA, by what the address is. */
  | { readonly address: string; readonly ttl?: number }
  | {
      readonly srv: {
        readonly target: string;
        readonly port: number;
        readonly priority: number;
        readonly weight: number;
      };
    };

/** What a NameServer says of one name: its records, an error, or nothing at all. */
export type NameReply = readonly NameRecord[] | "NXDOMAIN" | "SERVFAIL" | "REFUSED" | "SILENCE";

/** A name server for tests, on a UDP port of loopback. */
export interface NameServer {
  /** As `createMesh` and Node's Resolver take it. */
  readonly address: string;
  /** From now on; names that were never set do not exist. One type of a name may be set apart: `"name/AAAA"`. */
  set(name: string, reply: NameReply): void;
  /** How often a name was asked for, in any of its types. */
  asked(name: string): number;
  /** Resolves when the name was asked for this often in all. */
  reached(name: string, count: number): Promise<void>;
  close(): Promise<void>;
}

const types: Readonly<Record<number, "A" | "AAAA" | "SRV">> = { 1: "A", 28: "AAAA", 33: "SRV" };
const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
const defaultTtlSeconds = 60;
/** Of the header of a message, RFC 1035 section 4.1.1. */
const headerBytes = 12;

/** Starts one that knows no name yet. */
export async function startNameServer(): Promise<NameServer> {
  const replies = new Map<string, NameReply>();
  const counts = new Map<string, number>();
  const waiting = new Set<() => void>();
  const socket = createSocket("udp4");
  socket.on("message", (query: Buffer, { port, address }: RemoteInfo) => {
    const { name, type, end } = readQuestion(query);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const reply = replies.get(`${name}/${types[type]}`) ?? replies.get(name) ?? "NXDOMAIN";
    if (reply !== "SILENCE") socket.send(respond(query.subarray(0, end), type, reply), port, address);
    for (const check of waiting) check();
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const asked = (name: string): number => counts.get(name) ?? 0;
  return {
    address: `127.0.0.1:${socket.address().port}`,
    set: (name, reply) => void replies.set(name, reply),
    asked,
    reached: (name, count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (asked(name) < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    async close() {
      socket.close();
      await once(socket, "close");
    },
  };
}

function readQuestion(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** `question` is the query up to the end of its question; what followed (EDNS) is left out. */
function respond(question: Buffer, type: number, reply: NameReply): Buffer {
  const records = typeof reply === "string" ? [] : reply.filter((record) => typeOf(record) === types[type]);
  const head = Buffer.from(question);
  // A response to a recursive query, from a server that recurses.
  head.writeUInt16BE(0x8180 | (typeof reply === "string" ? codes[reply as keyof typeof codes] : codes.NOERROR), 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...records.map((record) => recordBytes(record, type))]);
}

function typeOf(record: NameRecord): "A" | "AAAA" | "SRV" {
  if ("srv" in record) return "SRV";
  return isIPv4(record.address) ? "A" : "AAAA";
}

function recordBytes(record: NameRecord, type: number): Buffer {
  const data = dataBytes(record);
  const head = Buffer.alloc(12);
  // The name is that of the question: a pointer to it.
  head.writeUInt16BE(0xc000 | headerBytes, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE("srv" in record ? defaultTtlSeconds : (record.ttl ?? defaultTtlSeconds), 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function dataBytes(record: NameRecord): Buffer {
  if ("srv" in record) {
    const { priority, weight, port, target } = record.srv;
    const numbers = Buffer.alloc(6);
    numbers.writeUInt16BE(priority, 0);
    numbers.writeUInt16BE(weight, 2);
    numbers.writeUInt16BE(port, 4);
    return Buffer.concat([numbers, nameBytes(target)]);
  }
  if (isIPv6(record.address)) return ipv6Bytes(record.address);
  return Buffer.from(record.address.split(".").map(Number));
}

function nameBytes(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label, "latin1")]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function ipv6Bytes(address: string): Buffer {
  const [left = "", right = ""] = address.split("::");
  const groups = (text: string): string[] => text.split(":").filter((group) => group !== "");
  const gap = Array<string>(8 - groups(left).length - groups(right).length).fill("0");
  const bytes = Buffer.alloc(16);
  for (const [at, group] of [...groups(left), ...gap, ...groups(right)].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), at * 2);
  }
  return bytes;
}
