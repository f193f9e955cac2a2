import { existsSync } from "node:fs";
import { join } from "node:path";

/** The root of the repository. */
export const repositoryRoot: string = join(import.meta.dirname, "../..");

/** Cases, data and tools that are used in place; `INTRAMESH_SHARED` says where else they are. */
export const sharedFolder: string = process.env["INTRAMESH_SHARED"] ?? join(repositoryRoot, "../shared");

/** Whether the folder has `path`; what needs it is skipped otherwise. Throws under CI, where nothing may be missing. */
export function isShared(path: string): boolean {
  if (existsSync(join(sharedFolder, path))) return true;
  if (process.env["CI"] !== "true") return false;
  throw new Error(`${join(sharedFolder, path)} is missing: set INTRAMESH_SHARED to the folder that holds ${path}`);
}
