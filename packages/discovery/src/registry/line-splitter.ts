import { StringDecoder } from "node:string_decoder";

/** A resource is far smaller; what is longer is no stream of a registry. */
const maxLineChars = 16 * 1024 * 1024;

/** Cuts a byte stream at its newlines. What has no newline yet is not a line, whatever happens to the stream. */
export class LineSplitter {
  readonly #decoder = new StringDecoder("utf8");
  #begun = "";

  /** Complete lines of the stream so far, without their newlines. Throws where a line grows past 16 Mi characters. */
  *push(bytes: Buffer): Generator<string> {
    const text = this.#decoder.write(bytes);
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      const line = this.#begun + text.slice(start, end);
      this.#begun = "";
      start = end + 1;
      if (line !== "") yield line;
    }
    this.#begun += text.slice(start);
    if (this.#begun.length > maxLineChars) throw new Error(`a line is longer than ${maxLineChars} characters`);
  }
}
