import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

/*
 * Bundles the package in the current folder: one file for each of its entries, its dependencies left outside. Node
 * opens and links every module for itself, so that the mesh in 400 small files took twice as long to import.
 */
interface Entry {
  readonly "@intramesh/source"?: string;
}
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly exports: Readonly<Record<string, Entry | string>>;
};
const entryPoints = Object.values(exports).flatMap((entry) =>
  typeof entry === "string" ? [] : (entry["@intramesh/source"] ?? []),
);

for (const old of globSync("dist/**/*.{js,js.map}")) rmSync(old);
await build({
  entryPoints,
  outbase: "src",
  outdir: "dist",
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node22.19",
  sourcemap: true,
  // The sources are part of the package.
  sourcesContent: false,
  logLevel: "warning",
});
