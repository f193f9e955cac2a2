import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Bookinfo, startBookinfo } from "@intramesh/example-bookinfo";

/** Bookinfo for one test file: own ports, own data. */
export interface BookinfoFixture {
  readonly bookinfo: Bookinfo;
  /** Folder of its data. */
  readonly data: string;
  /** Lines that its processes wrote, each with the process's name. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts it on free ports, with data of its own. */
export async function startBookinfoFixture(): Promise<BookinfoFixture> {
  const data = temporaryFolder();
  const lines: string[] = [];
  const options = { registryPort: 0, port: 0, data, ratingsDatabase: undefined };
  const bookinfo = await startBookinfo(options, (line) => lines.push(line), new AbortController().signal);
  return {
    bookinfo,
    data,
    lines,
    stop: () => bookinfo.stop(),
  };
}

/** A folder that is gone when the tests of this process have ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-bookinfo-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
