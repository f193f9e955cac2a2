import type { Severity } from "@intramesh/config";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { readMeshDocument } from "./analyze/read-mesh-settings.ts";
import { severities } from "./analyze/severity-threshold.ts";
import { addCompletion } from "./command-line/completion-command.ts";
import {
  type Connection,
  collect,
  connect,
  connected,
  type Done,
  type ProgramInput,
  textOrJson,
} from "./command-line/connection.ts";
import { addDescribe, addValidate } from "./command-line/inspect-commands.ts";
import { CommandFailure, type CommandResult } from "./command-result.ts";
import { analyze } from "./commands/analyze.ts";
import { apply } from "./commands/apply.ts";
import { config } from "./commands/config.ts";
import { dashboard } from "./commands/dashboard.ts";
import { deleteObjects } from "./commands/delete.ts";
import { diff } from "./commands/diff.ts";
import { drain } from "./commands/drain.ts";
import { explain } from "./commands/explain.ts";
import { type GetOptions, get } from "./commands/get.ts";
import { kubeconfig } from "./commands/kubeconfig.ts";
import { log } from "./commands/log.ts";
import { backup, repair, restore } from "./commands/registry-data.ts";
import { status } from "./commands/status.ts";
import { version } from "./commands/version.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { ownVersion } from "./own-version.ts";
import { defaultRegistry } from "./registry-client.ts";

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

function addRegistry(program: Command, input: ProgramInput, done: Done): void {
  const registry = program
    .command("registry")
    .description("start the registry; or save its state, bring it back, repair it")
    // `--data` before and after a subcommand is its own.
    .enablePositionalOptions()
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <number>", "port to listen on; 0 takes a free one", parsePort, 7070)
    .option("--data <folder>", 'where the state is kept (default: ".intramesh/registry"); :memory: keeps nothing')
    .option("--token-file <file>", "file with the token for writes; required for other addresses than loopback")
    .option("--mesh <file>", "a MeshConfig: settings for every client")
    .action(async (flags: { host: string; port: number; data?: string; tokenFile?: string; mesh?: string }) => {
      const { mesh: file, ...options } = flags;
      const mesh = file === undefined ? {} : { mesh: readMeshDocument(file, input.readStdin) };
      const { runRegistry } = await import("@intramesh/registry/bin");
      done({ out: "", err: [], code: (await runRegistry({ ...options, ...mesh })) as ExitCode });
    });
  addRegistryData(registry, done);
}

function addRegistryData(registry: Command, done: Done): void {
  const offline = (name: string, description: string): Command =>
    registry
      .command(name)
      .description(description)
      .option("--data <folder>", 'where the state is kept (default: ".intramesh/registry")');
  const dataOf = (flags: { data?: string }): string | undefined =>
    flags.data ?? registry.opts<{ data?: string }>().data;
  offline("backup", "save the state to a file; the registry may go on running")
    .argument("<file>", "a file that does not exist yet")
    .action(async (file: string, flags: { data?: string }) => done(await backup(file, dataOf(flags))));
  offline("restore", "put a backup in the place of the state; the registry must not run")
    .argument("<file>", "a file that backup made")
    .action(async (file: string, flags: { data?: string }) => done(await restore(file, dataOf(flags))));
  offline("repair", "keep what is whole of a damaged state; the registry must not run").action(
    async (flags: { data?: string }) => done(await repair(dataOf(flags))),
  );
}

function addApply(program: Command, input: ProgramInput, done: Done): void {
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

function addGet(program: Command, input: ProgramInput, done: Done): void {
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

function addDelete(program: Command, input: ProgramInput, done: Done): void {
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

interface ExplainFlags extends Connection {
  readonly request: string;
  readonly header: string[];
  readonly filename: string[];
  readonly sourceNamespace: string;
  readonly sourceLabel: string[];
  readonly gateway?: string;
  readonly mesh?: string;
  readonly output: "text" | "json";
}

function addExplain(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("explain"))
    .description("say what the mesh would do with a request, and why; nothing is sent")
    .argument("<url>")
    .option("-X, --request <method>", "method", "GET")
    .option("-H, --header <header>", '"name: value"; may be repeated', collect, [])
    .option("-f, --filename <path>", "resources in files instead of the registry's; may be repeated", collect, [])
    .option("--source-namespace <name>", "namespace of the caller", "default")
    .option("--source-label <label>", "key=value, label of the caller; may be repeated", collect, [])
    .option("--gateway <name>", "as a request that comes in by this Gateway")
    .option("--mesh <file>", "a MeshConfig: mesh-wide settings")
    .addOption(textOrJson())
    .action(async (url: string, flags: ExplainFlags) => {
      const options = {
        url,
        method: flags.request,
        headers: flags.header,
        files: flags.filename,
        sourceNamespace: flags.sourceNamespace,
        sourceLabels: flags.sourceLabel,
        gateway: flags.gateway,
        meshFile: flags.mesh,
        output: flags.output,
        readStdin: input.readStdin,
      };
      done(await explain(() => connect(flags, input), options));
    });
}

interface AnalyzeFlags extends Connection {
  readonly useRegistry?: boolean;
  readonly allNamespaces?: boolean;
  readonly namespace?: string;
  readonly suppress: string[];
  readonly outputThreshold: Severity;
  readonly failureThreshold: Severity;
  readonly mesh?: string;
  readonly listChecks?: boolean;
  readonly output: "text" | "json";
}

function addAnalyze(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("analyze"))
    .description("find what is wrong with resources: in files, or in the registry where none are named")
    .argument("[files...]", "files, folders, or - for stdin")
    .option("-f, --filename <path>", "the same as an argument; may be repeated", collect, [])
    .option("-n, --namespace <name>", "findings about this namespace only, where resources that name none are")
    .option("-A, --all-namespaces", "findings about all namespaces; so it is without -n")
    .option("--use-registry", "with files: as if they were applied to the registry")
    .option(
      "-S, --suppress <rule>",
      'leave out "CODE=Kind name.namespace", * for anything; may be repeated',
      collect,
      [],
    )
    .addOption(
      new Option("--output-threshold <severity>", "show findings from here on").choices(severities).default("info"),
    )
    .addOption(
      new Option("--failure-threshold <severity>", "exit 1 for findings from here on")
        .choices(severities)
        .default("error"),
    )
    .option("--mesh <file>", "a MeshConfig: mesh-wide settings")
    .option("-L, --list-checks", "list the checks instead")
    .addOption(textOrJson())
    .action(async (files: string[], flags: AnalyzeFlags & { readonly filename: string[] }) => {
      const options = {
        files: [...files, ...flags.filename],
        useRegistry: flags.useRegistry ?? false,
        namespace: flags.allNamespaces ? undefined : flags.namespace,
        suppress: flags.suppress,
        outputThreshold: flags.outputThreshold,
        failureThreshold: flags.failureThreshold,
        meshFile: flags.mesh,
        listChecks: flags.listChecks ?? false,
        output: flags.output,
        readStdin: input.readStdin,
      };
      done(await analyze(() => connect(flags, input), options));
    });
}

interface DiffFlags extends Connection {
  readonly filename: string[];
  readonly admin: string[];
  readonly recorded: string[];
  readonly mesh?: string;
  readonly output: "text" | "json";
}

function addDiff(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("diff"))
    .description(
      "say which of the calls that processes made lately would go elsewhere; nothing is changed, none is sent",
    )
    .requiredOption("-f, --filename <path...>", "changed or new resources: file, folder, or - for stdin")
    .option(
      "--admin <url>",
      "ask this admin port only (default: those of all connected processes); may be repeated",
      collect,
      [],
    )
    .option("--recorded <file>", "requests saved from an admin port's /recorded; may be repeated", collect, [])
    .option("--mesh <file>", "a MeshConfig: mesh-wide settings")
    .addOption(textOrJson())
    .action(async (flags: DiffFlags) => {
      const { filename: files, admin: admins, recorded, mesh: meshFile, output } = flags;
      done(
        await diff(connect(flags, input), { files, admins, recorded, meshFile, output, readStdin: input.readStdin }),
      );
    });
}

function addStatus(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("status"))
    .description("say which processes are connected, at which revision, and what they refused")
    .addOption(textOrJson())
    .action(async (flags: Connection & { output: "text" | "json" }) => {
      done(await status(connect(flags, input), flags.output));
    });
}

function addDrain(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("drain"))
    .description("take an instance out of service: nobody picks it any more, requests under way end")
    .argument("<instance>", "its id, or how it begins; intramesh status lists them")
    .option("-n, --namespace <name>", "of this namespace only")
    .option("--undo", "put it back into service")
    .action(async (instance: string, flags: Connection & { namespace?: string; undo?: boolean }) => {
      const { namespace, undo = false } = flags;
      done(await drain(connect(flags, input), { instance, namespace, undo }));
    });
}

function addConfig(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("config"))
    .description("show what one running process really holds; it needs an admin port")
    .argument("<what>", "routes, clusters, endpoints, slow, inflight, bootstrap; several with commas, or all")
    .argument("<instance>", "its name, or how it begins; intramesh status lists them")
    .addOption(textOrJson())
    .action(async (what: string, instance: string, flags: Connection & { output: "text" | "json" }) => {
      done(await config(connect(flags, input), { what, instance, output: flags.output }));
    });
}

function addLog(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("log"))
    .description("show or change how much one running process logs; it needs an admin port")
    .argument("<instance>", "its name, or how it begins; intramesh status lists them")
    .option("--level <level>", "off, warn, info or debug; until the process ends")
    .action(async (instance: string, flags: Connection & { level?: string }) => {
      done(await log(connect(flags, input), { instance, level: flags.level }));
    });
}

function addDashboard(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("dashboard"))
    .description("print the URL of one running process's admin port")
    .argument("<instance>", "its name, or how it begins; intramesh status lists them")
    .action(async (instance: string, flags: Connection) => {
      done(await dashboard(connect(flags, input), instance));
    });
}

interface KubeconfigFlags extends Connection {
  readonly namespace: string;
  readonly certificateAuthority?: string;
  readonly file?: string;
  readonly force?: boolean;
}

function addKubeconfig(program: Command, { env }: ProgramInput, done: Done): void {
  connected(program.command("kubeconfig"))
    .description("write a kubeconfig, by which kubectl finds the registry")
    .option("-n, --namespace <name>", "namespace of the context", "default")
    .option("--certificate-authority <file>", "PEM file that vouches for an https registry")
    .option("--file <path>", "where to write it (default: stdout)")
    .option("--force", "write over a file that is there")
    .action((flags: KubeconfigFlags) => {
      const { namespace, certificateAuthority, file, force = false } = flags;
      const server = flags.registry ?? (env["INTRAMESH_REGISTRY"] || defaultRegistry);
      const token = flags.token ?? (env["INTRAMESH_TOKEN"] || undefined);
      done(kubeconfig({ server, token, namespace, certificateAuthority, file, force }));
    });
}

function addVersion(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("version"))
    .description("say the versions of the command and of the registry")
    .addOption(textOrJson())
    .action(async (flags: Connection & { output: "text" | "json" }) => {
      done(await version(connect(flags, input), flags.output));
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  throw new InvalidArgumentError("a port is a whole number from 0 to 65535.");
}
