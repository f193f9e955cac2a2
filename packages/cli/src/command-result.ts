import { type ExitCode, exitCodes } from "./exit-code.ts";

/** What a command came to. Only bin.ts prints it. */
export interface CommandResult {
  /** For stdout; lines end with a newline. */
  readonly out: string;
  /** For stderr, a line each. */
  readonly err: readonly string[];
  readonly code: ExitCode;
  /** More for stdout, as it comes; the command goes on until it ends. */
  readonly follow?: AsyncIterable<string>;
}

/** Ends a command early: what it says on stderr, and its exit code. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A command line that makes no sense. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure(exitCodes.usage, `error: ${message}`);
}

/** A result with nothing but text for stdout. */
export function printed(out: string): CommandResult {
  return { out, err: [], code: exitCodes.fine };
}
