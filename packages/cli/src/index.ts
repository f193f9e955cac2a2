export { CommandFailure, type CommandResult } from "./command-result.ts";
export { type ExitCode, exitCodes } from "./exit-code.ts";
export { type ProgramInput, run } from "./program.ts";
