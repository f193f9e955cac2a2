import { type Command, Option } from "commander";
import { apply } from "../commands/apply.ts";
import { deleteObjects } from "../commands/delete.ts";
import { type GetOptions, get } from "../commands/get.ts";
import { type Connection, collect, connect, connected, type Done, type ProgramInput } from "./connection.ts";

/** `apply`. */
export function addApply(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("apply"))
    .description("create resources, or change them to what files say")
    .requiredOption("-f, --filename <path...>", "file, folder, or - for stdin; may be repeated")
    .option("-n, --namespace <name>", "for resources that name none")
    .action(async (options: Connection & { filename: string[]; namespace?: string }) => {
      const { filename: files, namespace } = options;
      done(await apply(connect(options, input), { files, namespace, readStdin: input.readStdin }));
    });
}

interface GetFlags extends Connection {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly output?: "wide" | "yaml" | "json" | "name";
  readonly selector?: string;
  readonly watch?: boolean;
}

/** `get`. */
export function addGet(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("get"))
    .description("show resources")
    .argument(
      "<kind>",
      "vs, virtualservice, VirtualService, vs.networking.istio.io …; several with commas; or KIND/NAME",
    )
    .argument("[name]")
    .option("-n, --namespace <name>", 'namespace (default: "default")')
    .option("-A, --all-namespaces", "in all namespaces")
    .addOption(new Option("-o, --output <format>", "output").choices(["wide", "yaml", "json", "name"]))
    .option("-l, --selector <labels>", "k=v, k!=v, k in (v, w), k, !k; joined by commas")
    .option("-w, --watch", "go on with changes as they come")
    .action(async (what: string, name: string | undefined, flags: GetFlags) => {
      const options: GetOptions = {
        what,
        name,
        namespace: flags.namespace,
        allNamespaces: flags.allNamespaces ?? false,
        output: flags.output ?? "table",
        selector: flags.selector,
        watch: flags.watch ?? false,
      };
      done(await get(connect(flags, input), options));
    });
}

/** `delete`. */
export function addDelete(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("delete"))
    .description("delete resources")
    .argument("[targets...]", "KIND NAME…, or KIND/NAME…")
    .option("-f, --filename <path>", "the resources that files describe; may be repeated", collect, [])
    .option("-n, --namespace <name>", 'namespace (default: "default")')
    .option("--ignore-not-found", "nothing to delete is fine, too")
    .action(
      async (
        targets: string[],
        flags: Connection & { filename: string[]; namespace?: string; ignoreNotFound?: boolean },
      ) => {
        const { filename: files, namespace, ignoreNotFound = false } = flags;
        const options = { targets, files, namespace, ignoreNotFound, readStdin: input.readStdin };
        done(await deleteObjects(connect(flags, input), options));
      },
    );
}
