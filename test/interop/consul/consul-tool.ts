import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { isShared, sharedFolder } from "../../support/shared-folder.ts";

/** Prints the path of a real Consul agent, fetching it first where it is missing. */
const getConsul = join(sharedFolder, "tools/get-consul");

/** The path of the agent; undefined where this machine has none and cannot get one. */
export const consulPath: string | undefined = await findConsul();

/** False runs what needs an agent, else the reason why it cannot. */
export const skipWithoutConsul: string | false =
  consulPath === undefined ? `${getConsul} is missing or finds no Consul` : false;

async function findConsul(): Promise<string | undefined> {
  if (!isShared("tools/get-consul")) return undefined;
  try {
    const { stdout } = await promisify(execFile)(getConsul, { timeout: 120_000 });
    return stdout.trim();
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return undefined;
  }
}
