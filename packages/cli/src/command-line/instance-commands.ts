import type { Command } from "commander";
import { config } from "../commands/config.ts";
import { dashboard } from "../commands/dashboard.ts";
import { drain } from "../commands/drain.ts";
import { log } from "../commands/log.ts";
import { status } from "../commands/status.ts";
import type { Output } from "../render/document.ts";
import { type Connection, connect, connected, type Done, type ProgramInput, textOrDocument } from "./connection.ts";

/** `status`. */
export function addStatus(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("status"))
    .description("say which processes are connected, at which revision, and what they refused")
    .addOption(textOrDocument("wide"))
    .action(async (flags: Connection & { output: Output | "wide" }) => {
      done(await status(connect(flags, input), flags.output));
    });
}

/** `drain`. */
export function addDrain(program: Command, input: ProgramInput, done: Done): void {
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

/** `config`. */
export function addConfig(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("config"))
    .description("show what one running process really holds; it needs an admin port")
    .argument("<what>", "routes, clusters, endpoints, slow, inflight, bootstrap; several with commas, or all")
    .argument("<instance>", "its name, or how it begins; intramesh status lists them")
    .addOption(textOrDocument())
    .action(async (what: string, instance: string, flags: Connection & { output: Output }) => {
      done(await config(connect(flags, input), { what, instance, output: flags.output }));
    });
}

/** `log`. */
export function addLog(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("log"))
    .description("show or change how much one running process logs; it needs an admin port")
    .argument("<instance>", "its name, or how it begins; intramesh status lists them")
    .option("--level <level>", "off, warn, info or debug; until the process ends")
    .action(async (instance: string, flags: Connection & { level?: string }) => {
      done(await log(connect(flags, input), { instance, level: flags.level }));
    });
}

/** `dashboard`. */
export function addDashboard(program: Command, input: ProgramInput, done: Done): void {
  connected(program.command("dashboard"))
    .description("print the URL of one running process's admin port")
    .argument("<instance>", "its name, or how it begins; intramesh status lists them")
    .action(async (instance: string, flags: Connection) => {
      done(await dashboard(connect(flags, input), instance));
    });
}
