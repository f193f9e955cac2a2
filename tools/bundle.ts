import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { build, type Plugin } from "esbuild";

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
// tsc writes the declarations of what is there, and leaves those of what is gone or has become a fixture.
for (const declaration of globSync("dist/**/*.{d.ts,d.ts.map}")) {
  const source = declaration.replace(/^dist/, "src").replace(/\.d\.ts(\.map)?$/, ".ts");
  if (!existsSync(source) || source.startsWith("src/testing/")) rmSync(declaration);
}
/**
 * Node reads every export of a built-in module that is imported. One of `node:http`'s is a getter that loads Node's own
 * undici, which takes 13 ms; taken as an object, it reads nothing that is not asked for.
 */
const unreadBuiltins: Plugin = {
  name: "unread-builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:https?$/ }, ({ path }) => ({ path, namespace: "builtin" }));
    onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

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
  plugins: [unreadBuiltins],
  logLevel: "warning",
});
