import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bookinfo, startBookinfo } from "@intramesh/example-bookinfo";

/** Bookinfo for one test file: own ports, own data, both gone after it. */
export interface BookinfoFixture {
  readonly bookinfo: Bookinfo;
  /** Folder of its data. */
  readonly data: string;
  /** Lines that its processes wrote, each with the process's name. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

export async function startBookinfoFixture(): Promise<BookinfoFixture> {
  const data = temporaryFolder();
  const lines: string[] = [];
  const options = { registryPort: 0, port: 0, data, ratingsDatabase: undefined };
  const bookinfo = await startBookinfo(options, (line) => lines.push(line), new AbortController().signal);
  return {
    bookinfo,
    data,
    lines,
    async stop() {
      await bookinfo.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "intramesh-bookinfo-"));
}
