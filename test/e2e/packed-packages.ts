import { execFileSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package as npm would upload it, unpacked in a `node_modules`. */
export interface PackedPackage {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Paths below `folder`. */
  readonly files: readonly string[];
}

/**
 * Packs every package with npm and unpacks it into `node_modules` of `folder`. What a package says that it depends on,
 * and nothing else, is linked beside it from the repository, so that a dependency nobody has named is missing.
 */
export function unpackPackages(folder: string): readonly PackedPackage[] {
  const workspaces = globSync("packages/*/", { cwd: root }).flatMap((path) => ["--workspace", path]);
  execFileSync("npm", ["pack", "--loglevel=error", "--pack-destination", folder, ...workspaces], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return globSync("*.tgz", { cwd: folder })
    .toSorted()
    .map((tarball) => unpack(folder, tarball));
}

function unpack(folder: string, tarball: string): PackedPackage {
  execFileSync("tar", ["-xzf", tarball], { cwd: folder });
  const manifest = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8")) as Manifest;
  const place = join(folder, "node_modules", manifest.name);
  mkdirSync(dirname(place), { recursive: true });
  renameSync(join(folder, "package"), place);
  const files = globSync("**/*", { cwd: place, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
  linkDependencies(place, manifest);
  return { folder: place, manifest, files };
}

function linkDependencies(place: string, { name, dependencies = {} }: Manifest): void {
  const workspace = join(root, "packages", name.replace("@intramesh/", "").replace(/^intramesh$/, "mesh"));
  for (const dependency of Object.keys(dependencies)) {
    if (isOurs(dependency)) continue;
    const nested = join(workspace, "node_modules", dependency);
    const link = join(place, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(existsSync(nested) ? nested : join(root, "node_modules", dependency), link);
  }
}

function isOurs(name: string): boolean {
  return name === "intramesh" || name.startsWith("@intramesh/");
}
