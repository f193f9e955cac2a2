import { type Command, Option } from "commander";
import { usageFailure } from "../command-result.ts";
import { apply } from "../commands/apply.ts";
import { deleteObjects } from "../commands/delete.ts";
import { edit } from "../commands/edit.ts";
import { type GetOptions, get } from "../commands/get.ts";
import { editorOf } from "../open-editor.ts";
import { type Connection, collect, connect, connected, type Done, type ProgramInput } from "./connection.ts";

interface ApplyFlags extends Connection {
  readonly filename: string[];
  readonly namespace?: string;
  readonly dryRun?: true | "server";
  readonly output: "text" | "diff";
}

/** `apply`. */
export function addApply(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("apply"))
    .description("create resources, or change them to what files say")
    .requiredOption("-f, --filename <path...>", "file, folder, or - for stdin; may be repeated")
    .option("-n, --namespace <name>", "for resources that name none")
    .addOption(
      new Option("--dry-run [where]", "let the registry check everything and keep nothing").choices(["server"]),
    )
    .addOption(
      new Option("-o, --output <format>", "diff, with --dry-run: what would change")
        .choices(["text", "diff"])
        .default("text"),
    )
    .action(async (flags: ApplyFlags) => {
      const { filename: files, namespace, dryRun: where, output } = flags;
      const dryRun = where !== undefined;
      if (output === "diff" && !dryRun) throw usageFailure("-o diff shows what would change: add --dry-run");
      done(await apply(connect(flags, input), { files, namespace, dryRun, output, readStdin: input.readStdin }));
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

/** `edit`. */
export function addEdit(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("edit"))
    .description("change one resource in an editor: that of KUBE_EDITOR, EDITOR, else vi")
    .argument("<kind>", "or KIND/NAME")
    .argument("[name]")
    .option("-n, --namespace <name>", "namespace", "default")
    .action(async (what: string, name: string | undefined, flags: Connection & { namespace: string }) => {
      const openEditor = editorOf(input.env);
      done(await edit(connect(flags, input), { what, name, namespace: flags.namespace, openEditor }));
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
