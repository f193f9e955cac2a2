import { Argument, type Command } from "commander";
import { printed } from "../command-result.ts";
import { complete } from "./complete.ts";
import { completionScripts, type Shell, shells } from "./completion-scripts.ts";
import { connect, type Done, type ProgramInput } from "./connection.ts";

/** `completion`, and the hidden command that its scripts ask. */
export function addCompletion(program: Command, input: ProgramInput, done: Done): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands, flags, kinds and names")
    .addArgument(new Argument("<shell>").choices(shells))
    .action((shell: Shell) => done(printed(completionScripts[shell])));
  program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: string[]) => {
      const found = await complete(program, words, () => connect({}, input));
      done(printed(found.map((candidate) => `${candidate}\n`).join("")));
    });
}
