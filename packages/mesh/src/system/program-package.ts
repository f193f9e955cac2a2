import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";

/** The package that a program is of. */
export interface ProgramPackage {
  readonly name: string;
  /** Undefined where its package.json has none. */
  readonly version: string | undefined;
}

/**
 * The package of the program that this process runs: the nearest package.json above its script. A script in
 * `node_modules` is a launcher of somebody else's, `next` or `tsx`: then what npm says of the package whose script it
 * runs (`npm_package_name`). Undefined where that leaves a doubt: no name, or the root of a monorepo.
 */
export function programPackage(
  env: NodeJS.ProcessEnv = process.env,
  script: string | undefined = process.argv[1],
): ProgramPackage | undefined {
  const folder = script === undefined ? undefined : folderOf(script);
  if (folder === undefined) return undefined;
  if (!folder.split(sep).includes("node_modules")) return nearestPackage(folder);
  const { npm_package_name: name, npm_package_version: version } = env;
  return name === undefined || name === "" ? undefined : { name, version: version || undefined };
}

/** Where a script really lies; it may be named without its extension, or be a folder: `node .`. */
function folderOf(script: string): string | undefined {
  try {
    const path = existsSync(script) ? realpathSync(script) : join(realpathSync(dirname(script)), basename(script));
    return existsSync(path) && statSync(path).isDirectory() ? path : dirname(path);
  } catch {
    return undefined;
  }
}

function nearestPackage(folder: string): ProgramPackage | undefined {
  const file = join(folder, "package.json");
  if (existsSync(file)) {
    const { name, version, workspaces } = readManifest(file);
    if (workspaces !== undefined) return undefined;
    // One without a name says how to read the files below it, as `{"type": "module"}` does.
    if (typeof name === "string" && name !== "")
      return { name, version: typeof version === "string" && version !== "" ? version : undefined };
  }
  const above = dirname(folder);
  return above === folder ? undefined : nearestPackage(above);
}

function readManifest(file: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
