import { Command, CommanderError } from "commander";
import { addCompletion } from "./command-line/completion-command.ts";
import type { Done, ProgramInput } from "./command-line/connection.ts";
import { addAnalyze, addDiff, addExplain } from "./command-line/decision-commands.ts";
import { addDescribe, addValidate } from "./command-line/inspect-commands.ts";
import { addConfig, addDashboard, addDrain, addLog, addStatus } from "./command-line/instance-commands.ts";
import { addKubeconfig, addRegistry, addVersion } from "./command-line/registry-commands.ts";
import { addApply, addDelete, addEdit, addGet } from "./command-line/resource-commands.ts";
import { CommandFailure, type CommandResult } from "./command-result.ts";
import { exitCodes } from "./exit-code.ts";
import { ownVersion } from "./own-version.ts";

/** Runs one command line, without the program's own name. Never rejects for what a user did. */
export async function run(args: readonly string[], input: ProgramInput): Promise<CommandResult> {
  const printed = { out: "", err: "" };
  let result: CommandResult | undefined;
  const program = createProgram(input, (ended) => {
    result = ended;
  });
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        printed.out += text;
      },
      writeErr: (text) => {
        printed.err += text;
      },
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    return endOf(error, printed);
  }
  return result ?? { out: printed.out, err: [], code: exitCodes.usage };
}

/** How a command ends that did not come to a result. */
export function endOf(error: unknown, printed: { out: string; err: string } = { out: "", err: "" }): CommandResult {
  if (error instanceof CommandFailure) return { out: "", err: [error.message], code: error.code };
  if (error instanceof CommanderError) {
    const err = printed.err === "" ? [] : [printed.err.trimEnd()];
    return { out: printed.out, err, code: error.exitCode === 0 ? exitCodes.fine : exitCodes.usage };
  }
  throw error;
}

function createProgram(input: ProgramInput, done: Done): Command {
  const program = new Command("intramesh")
    .description("A service mesh inside the process: its registry, its resources, its decisions.")
    .version(ownVersion, "-V, --version")
    .showHelpAfterError("(intramesh --help lists the commands)");
  addRegistry(program, input, done);
  addApply(program, input, done);
  addGet(program, input, done);
  addEdit(program, input, done);
  addDelete(program, input, done);
  addExplain(program, input, done);
  addDescribe(program, input, done);
  addAnalyze(program, input, done);
  addValidate(program, input, done);
  addDiff(program, input, done);
  addStatus(program, input, done);
  addDrain(program, input, done);
  addConfig(program, input, done);
  addLog(program, input, done);
  addDashboard(program, input, done);
  addKubeconfig(program, input, done);
  addCompletion(program, input, done);
  addVersion(program, input, done);
  return program;
}
