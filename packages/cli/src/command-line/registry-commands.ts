import { type Command, InvalidArgumentError } from "commander";
import { readMeshDocument } from "../analyze/read-mesh-settings.ts";
import { kubeconfig } from "../commands/kubeconfig.ts";
import { backup, repair, restore } from "../commands/registry-data.ts";
import { version } from "../commands/version.ts";
import type { ExitCode } from "../exit-code.ts";
import { defaultRegistry } from "../registry-client.ts";
import type { Output } from "../render/document.ts";
import { type Connection, connect, connected, type Done, type ProgramInput, textOrDocument } from "./connection.ts";

/** `registry`, and its `backup`, `restore` and `repair`. */
export function addRegistry(program: Command, input: ProgramInput, done: Done): void {
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

interface KubeconfigFlags extends Connection {
  readonly namespace: string;
  readonly certificateAuthority?: string;
  readonly file?: string;
  readonly force?: boolean;
}

/** `kubeconfig`. */
export function addKubeconfig(program: Command, { env }: ProgramInput, done: Done): void {
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

/** `version`. */
export function addVersion(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("version"))
    .description("say the versions of the command and of the registry")
    .addOption(textOrDocument())
    .action(async (flags: Connection & { output: Output }) => {
      done(await version(connect(flags, input), flags.output));
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  throw new InvalidArgumentError("a port is a whole number from 0 to 65535.");
}
