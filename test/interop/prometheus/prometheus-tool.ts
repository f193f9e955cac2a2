import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const getPrometheus = resolve(import.meta.dirname, "../tools/get-prometheus");

/** Folder of `prometheus` and `promtool`; undefined where this machine has none and cannot get them. */
const folder: string | undefined = await findFolder();

/** False runs what needs them, else the reason why it cannot. */
export const skipWithoutPrometheus: string | false =
  folder === undefined ? "test/interop/tools/get-prometheus finds no Prometheus and cannot fetch Debian's" : false;

/** Path of one of them. */
export function tool(name: "prometheus" | "promtool"): string {
  if (folder === undefined) throw new Error("there is no Prometheus here");
  return join(folder, name);
}

/** Where the files for operators are. */
export const deployFolder: string = resolve(import.meta.dirname, "../../../deploy");

async function findFolder(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(getPrometheus, { timeout: 120_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
