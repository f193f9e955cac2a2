import type { Severity } from "@intramesh/config";
import { type Command, Option } from "commander";
import { severities } from "../analyze/severity-threshold.ts";
import { analyze } from "../commands/analyze.ts";
import { diff } from "../commands/diff.ts";
import { explain } from "../commands/explain.ts";
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

interface ExplainFlags extends Connection {
  readonly request: string;
  readonly header: string[];
  readonly filename: string[];
  readonly sourceNamespace: string;
  readonly sourceLabel: string[];
  readonly gateway?: string;
  readonly mesh?: string;
  readonly output: Output;
}

/** `explain`. */
export function addExplain(program: Command, input: ProgramInput, done: Done): void {
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
    .addOption(textOrDocument())
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
  readonly output: Output;
}

/** `analyze`. */
export function addAnalyze(program: Command, input: ProgramInput, done: Done): void {
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
    .addOption(textOrDocument())
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
  readonly output: Output;
}

/** `diff`. */
export function addDiff(program: Command, input: ProgramInput, done: Done): void {
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
    .addOption(textOrDocument())
    .action(async (flags: DiffFlags) => {
      const { filename: files, admin: admins, recorded, mesh: meshFile, output } = flags;
      done(
        await diff(connect(flags, input), { files, admins, recorded, meshFile, output, readStdin: input.readStdin }),
      );
    });
}
