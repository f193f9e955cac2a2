export type { ProgramInput } from "./command-line/connection.ts";
export { CommandFailure, type CommandResult } from "./command-result.ts";
export { type ExitCode, exitCodes } from "./exit-code.ts";
export { run } from "./program.ts";
