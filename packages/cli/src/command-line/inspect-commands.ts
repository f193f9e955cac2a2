import type { Command } from "commander";
import { describeOneInstance, describeOneService } from "../commands/describe.ts";
import { validate } from "../commands/validate.ts";
import type { Output } from "../render/document.ts";
import {
  type Connection,
  collect,
  connect,
  connected,
  type Done,
  type ProgramInput,
  textOrDocument,
} from "./connection.ts";

interface DescribeFlags extends Connection {
  readonly namespace: string;
  readonly output: Output;
}

/** `describe service` and `describe instance`. */
export function addDescribe(program: Command, input: ProgramInput, done: Done): void {
  const describe = program
    .command("describe")
    .description("say what decides about calls to a service, or how an instance stands, and what is wrong");
  connected(describe.command("service").alias("svc"))
    .description("its ports, routes, subsets and instances, and what is wrong with them")
    .argument("<name>", "as callers write it: reviews, reviews.prod, a host of a ServiceEntry")
    .option("-n, --namespace <name>", "namespace of the callers", "default")
    .addOption(textOrDocument())
    .action(async (name: string, { namespace, output, ...connection }: DescribeFlags) => {
      done(await describeOneService(connect(connection, input), { name, namespace, output }));
    });
  connected(describe.command("instance"))
    .description("its lease, what it runs, its subsets and the rules that send to it")
    .argument("<name>", "its id, or how it begins; intramesh status lists them")
    .addOption(textOrDocument())
    .action(async (name: string, { output, ...connection }: DescribeFlags) => {
      done(await describeOneInstance(connect(connection, input), { name, output }));
    });
}

/** `validate`. */
export function addValidate(program: Command, { readStdin }: ProgramInput, done: Done): void {
  program
    .command("validate")
    .description("check each resource of files by itself; needs no registry")
    .argument("[files...]", "files, folders, or - for stdin")
    .option("-f, --filename <path>", "the same as an argument; may be repeated", collect, [])
    .addOption(textOrDocument())
    .action((files: string[], { filename, output }: { filename: string[]; output: Output }) => {
      done(validate({ files: [...files, ...filename], output, readStdin }));
    });
}
