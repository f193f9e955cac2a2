import { constants, crc32, deflateRawSync } from "node:zlib";

/** RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** An empty last block of a deflate stream (RFC 1951, 3.2.6: fixed codes, end of block). */
const lastBlock = Buffer.from([0x03, 0x00]);

const compressed = new WeakMap<Buffer, Buffer>();

/**
 * One gzip stream out of blocks that are compressed once for all streams: a full flush ends each of them on a
 * byte and with an empty dictionary, so that they can follow each other in any order.
 */
export class SharedGzip {
  #crc = 0;
  #length = 0;

  /** To be sent first. */
  start(): Buffer {
    return header;
  }

  add(bytes: Buffer): Buffer {
    this.#crc = crc32(bytes, this.#crc);
    this.#length += bytes.length;
    let block = compressed.get(bytes);
    if (block === undefined) {
      block = deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH });
      compressed.set(bytes, block);
    }
    return block;
  }

  /** To be sent last. */
  end(): Buffer {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#crc, 0);
    trailer.writeUInt32LE(this.#length % 0x1_0000_0000, 4);
    return Buffer.concat([lastBlock, trailer]);
  }
}
