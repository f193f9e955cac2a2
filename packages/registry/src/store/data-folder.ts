import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Digits of a mark: it is written over in place, so that a full disk does not keep it from rising. */
const markDigits = 16;

/** The folder of a registry's data, and what stands in it beside the database. */
export class DataFolder {
  readonly path: string;
  readonly databaseFile: string;
  /** What is locked by whoever uses the folder; see folder-lock.ts. */
  readonly lockFile: string;
  readonly #ownerFile: string;
  readonly #markFile: string;
  #markDescriptor: number | undefined;

  /** Names the folder; touches nothing. */
  constructor(folder: string) {
    this.path = folder;
    this.databaseFile = join(folder, "registry.db");
    this.lockFile = join(folder, "registry.lock");
    this.#ownerFile = join(folder, "registry.pid");
    this.#markFile = join(folder, "registry.mark");
  }

  /** Makes the folder where it is missing; throws where it cannot. */
  make(): void {
    try {
      makeFolders(resolve(this.path));
      if (!statSync(this.path).isDirectory()) throw new Error("it is a file");
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new Error(`the data folder ${this.path} cannot be used: ${reason}; name another one with --data`, {
        cause,
      });
    }
  }

  /** Says which process uses the folder; the lock is what keeps others out. */
  claim(): void {
    try {
      writeFileSync(this.#ownerFile, String(process.pid));
    } catch {
      // A note for the message of those who are refused: the older one stands, or none.
    }
  }

  /** The process that claimed the folder last; undefined where that is not known. */
  owner(): number | undefined {
    return readNumber(this.#ownerFile);
  }

  /** The highest revision that is known to have been acknowledged here; a database below it has lost something. */
  mark(): number {
    return readNumber(this.#markFile) ?? 0;
  }

  /** To be called after each commit: costs a write into the page cache, which outlives the process. */
  setMark(revision: number): void {
    try {
      this.#markDescriptor ??= openSync(this.#markFile, constants.O_RDWR | constants.O_CREAT, 0o600);
      writeSync(this.#markDescriptor, String(revision).padStart(markDigits, "0"), 0);
    } catch {
      // A note for after an accident: it must not make one. The older one stands, or none.
    }
  }

  /** Gives up what is open. */
  close(): void {
    if (this.#markDescriptor !== undefined) closeSync(this.#markDescriptor);
    this.#markDescriptor = undefined;
  }
}

/** For its owner only: there may be Secrets in it. Node's own `recursive` does not return below /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function readNumber(file: string): number | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
