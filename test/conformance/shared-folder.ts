import { existsSync } from "node:fs";
import { join } from "node:path";

/** The root of the repository. */
export const repositoryRoot: string = join(import.meta.dirname, "../..");

/** Cases and data that are read in place; `INTRAMESH_SHARED` says where else they are. */
export const sharedFolder: string = process.env["INTRAMESH_SHARED"] ?? join(repositoryRoot, "../shared");

/** False skips what needs the folder; under CI a missing one is an error instead. */
export const hasSharedFolder: boolean = existsSync(join(sharedFolder, "conformance"));

if (!hasSharedFolder && process.env["CI"] === "true") {
  throw new Error(`${sharedFolder} is missing: set INTRAMESH_SHARED to the folder that holds conformance/`);
}
