import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One import or re-export of a source file. */
export interface SourceImport {
  /** Path of the file inside its package, with `/`. */
  readonly file: string;
  /** What stands between the quotes. */
  readonly specifier: string;
  readonly isDynamic: boolean;
}

const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const statics = /^(?:import|export)\s[^;"']*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']/gm;
const dynamics = /\bimport\(\s*["']([^"']+)["']/g;

/** Every import of the TypeScript files below `folder`/src, static and dynamic ones, types included. */
export function readImports(folder: string): readonly SourceImport[] {
  return listSources(folder).flatMap((file) => scanImports(file, readFileSync(join(folder, file), "utf8")));
}

/** Every import in the text of one file. */
export function scanImports(file: string, text: string): readonly SourceImport[] {
  const code = text.replaceAll(comments, "");
  return [
    ...[...code.matchAll(statics)].map((found) => ({ file, specifier: found[1] ?? found[2]!, isDynamic: false })),
    ...[...code.matchAll(dynamics)].map((found) => ({ file, specifier: found[1]!, isDynamic: true })),
  ];
}

/** TypeScript files below `folder`/src. */
export function listSources(folder: string): readonly string[] {
  return readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .map((file) => `src/${file.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts"))
    .sort();
}

/** Name of the package that a specifier is of; undefined for files and host modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const [scope, name] = specifier.split("/");
  return scope!.startsWith("@") ? `${scope}/${name}` : scope!;
}
