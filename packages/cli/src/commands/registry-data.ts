import { resolve } from "node:path";
import { type CommandResult, printed } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";

/** Saves the state of the registry whose data are in `data` to `file`. */
export async function backup(file: string, data: string | undefined): Promise<CommandResult> {
  const { backupRegistry } = await import("@intramesh/registry/bin");
  return orRefused(() => {
    const { resources, revision } = backupRegistry(file, data);
    return `saved ${resourcesText(resources)} at revision ${revision} to ${resolve(file)}\n`;
  });
}

/** Puts the backup in `file` in the place of the state in `data`. */
export async function restore(file: string, data: string | undefined): Promise<CommandResult> {
  const { restoreRegistry } = await import("@intramesh/registry/bin");
  return orRefused(() => {
    const { resources, revision, copiedAt, formerFile } = restoreRegistry(file, data);
    const former = formerFile === undefined ? "" : `; what stood there is now ${formerFile}`;
    return `restored ${resourcesText(resources)} as of ${copiedAt}, revision ${revision}${former}\n`;
  });
}

/** Keeps what is whole of a damaged state in `data`. */
export async function repair(data: string | undefined): Promise<CommandResult> {
  const { repairRegistry } = await import("@intramesh/registry/bin");
  return orRefused(() => {
    const repaired = repairRegistry(data);
    if (!repaired.wasDamaged) return `nothing is damaged: ${resourcesText(repaired.resources)}\n`;
    const { resources, lostRecords, formerFile } = repaired;
    const lost = `records that are not whole, and left out: ${lostRecords}`;
    return `kept ${resourcesText(resources)}; ${lost}; the damaged file is now ${formerFile}\n`;
  });
}

/** What the registry's own files do not allow is told as it is: the messages say what to do. */
function orRefused(act: () => string): CommandResult {
  try {
    return printed(act());
  } catch (error) {
    return { out: "", err: [`error: ${(error as Error).message}`], code: exitCodes.notFine };
  }
}

function resourcesText(count: number): string {
  return count === 1 ? "1 resource" : `${count} resources`;
}
