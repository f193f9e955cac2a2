import { once } from "node:events";
import { fstatSync, mkdirSync, openSync, type Stats, stat } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

/** Where lines go. */
export interface LogSink {
  /** Adds the newline. Returns at once; lines are gathered and written together. */
  write(line: string): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

// Not an import: where nothing is logged nothing of it is loaded.
type Pino = typeof import("pino");
type Destination = ReturnType<Pino["destination"]>;

/** Lines are written when so much has come together (pino's streams take twice the time for 64 KB), */
const gatheredBytes = 4_096;
/** or after this time. */
const flushMs = 1_000;
/** What may wait for a disk that is slow or full; lines beyond are dropped, as the program's requests go first. */
const longestQueueBytes = 4_194_304;

/** After a failure, a full disk for one, lines are lost for this long before it is tried again. */
const retryMs = 10_000;

/** How often it is looked whether the file that is written is still the one of that name, as lines are written. */
const lookMs = 10_000;

/**
 * Opens a file, made with its folders where it is not there, or `/dev/stdout`, `/dev/stderr`. Loads pino, whose
 * destinations these are, here and not before. `onProblem` hears once of what keeps lines from being written: it fails
 * no request. What is left at a process's end is written then. A file that is moved or
 * removed, as logrotate does it, is made anew within ten seconds. `now` is in ms.
 */
export function openLogSink(file: string, now: () => number, onProblem: (message: string) => void): LogSink {
  let isWhole = true;
  let retryAt = Number.NEGATIVE_INFINITY;
  let stream: Destination | undefined;
  /** What is written; undefined for what has no place of its own among files. */
  let written: Stats | undefined;
  let lookAt = 0;
  /** Files that were moved away get what was gathered for them. */
  let moved: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;

  function tell(message: string): void {
    if (isWhole) onProblem(message);
    isWhole = false;
  }

  function fail(message: string): void {
    tell(message);
    // pino's streams would try to write what is left for ever, at the end of the process too.
    stream?.destroy();
    stream = undefined;
    retryAt = now() + retryMs;
  }

  function open(): void {
    try {
      const descriptor = descriptorOf(file);
      const facts = fstatSync(descriptor);
      written = facts.isFile() && !isStandard(file) ? facts : undefined;
      lookAt = now() + lookMs;
      stream = createDestination(descriptor);
    } catch (error) {
      fail(`no access log is written, ${file} cannot be opened: ${(error as Error).message}`);
      return;
    }
    const opened = stream;
    opened.on("error", (error) => {
      const message = `lines of the access log are lost, ${file} does not take them: ${error.message}`;
      if (opened === stream) fail(message);
      else tell(message);
    });
    opened.on("drop", () => tell(`lines of the access log are dropped: ${file} takes them too slowly`));
  }

  /** Another file, or none, has the name now. */
  function look(current: Destination, { ino, dev }: Stats): void {
    lookAt = now() + lookMs;
    stat(file, (error, found) => {
      const isMoved = error === null ? found.ino !== ino || found.dev !== dev : error.code === "ENOENT";
      if (!isMoved || stream !== current || closing !== undefined) return;
      moved = Promise.all([moved, end(current)]);
      open();
    });
  }

  open();
  return {
    write(line) {
      if (closing !== undefined) return;
      if (stream === undefined && now() >= retryAt) open();
      stream?.write(`${line}\n`);
      if (stream !== undefined && written !== undefined && now() >= lookAt) look(stream, written);
    },
    close() {
      closing ??= Promise.all([moved, stream === undefined ? undefined : end(stream)]).then(() => undefined);
      return closing;
    },
  };
}

const standard = { "/dev/stdout": 1, "/dev/stderr": 2 } as const;

function isStandard(file: string): file is keyof typeof standard {
  return Object.hasOwn(standard, file);
}

/** A descriptor of its own is there before the first line: pino's stream ends badly where it has none when the process ends. */
function descriptorOf(file: string): number {
  if (isStandard(file)) return standard[file];
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "a");
}

function createDestination(dest: number): Destination {
  const { destination } = createRequire(import.meta.url)("pino") as Pino;
  const options = {
    minLength: gatheredBytes,
    maxLength: longestQueueBytes,
    periodicFlush: flushMs,
  };
  return destination({ dest, sync: false, ...options });
}

async function end(stream: Destination): Promise<void> {
  const ended = once(stream, "close");
  stream.end();
  try {
    await ended;
  } catch {
    // It failed, and was told and destroyed.
  }
}
