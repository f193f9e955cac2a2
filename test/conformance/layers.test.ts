import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, it } from "node:test";
import { repositoryRoot } from "../support/shared-folder.ts";
import { listSources, packageOf, readImports, type SourceImport, scanImports } from "./source-imports.ts";
import { owners, walls } from "./walls.ts";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const packages = join(repositoryRoot, "packages");
const folders = readdirSync(packages).sort();

it("every package has a place in the walls", () => {
  assert.deepEqual(
    folders.filter((folder) => walls[folder] === undefined),
    [],
  );
});

for (const folder of folders) {
  const wall = walls[folder];
  if (wall === undefined) continue;
  const root = join(packages, folder);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const imports = readImports(root);
  const shipped = imports.filter(({ file }) => !isTest(file));

  describe(manifest.name, () => {
    it("imports what its wall lets through and nothing else", () => {
      const wrong = shipped.filter((entry) => {
        const name = packageOf(entry.specifier);
        if (name === undefined || wall.imports.includes(name)) return false;
        return !(entry.isDynamic && wall.loads?.includes(entry.specifier));
      });
      assert.deepEqual(wrong.map(wordsOf), []);
    });

    it("leaves packages with an owner to their owner", () => {
      const wrong = shipped.filter(({ specifier }) => {
        const owner = owners[packageOf(specifier) ?? ""];
        return owner !== undefined && owner !== folder;
      });
      assert.deepEqual(wrong.map(wordsOf), []);
    });

    if (wall.layer <= 1) {
      it("is pure: it imports no host modules and is compiled without host types", () => {
        assert.deepEqual(shipped.filter(({ specifier }) => specifier.startsWith("node:")).map(wordsOf), []);
        const build = readFileSync(join(root, "tsconfig.build.json"), "utf8");
        assert.match(build, /"extends": "\.\.\/\.\.\/tsconfig\.pure\.json"/);
      });

      it("asks nobody for time and chance", () => {
        const wrong = listSources(root)
          .filter((file) => !isTest(file))
          .filter((file) =>
            /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\)/.test(readFileSync(join(root, file), "utf8")),
          );
        assert.deepEqual(wrong, []);
      });
    }

    it("has no cycle among its files", () => {
      assert.deepEqual(findCycle(shipped), []);
    });

    it("declares exactly the packages that its sources import", () => {
      const used = namesOf(shipped);
      const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).sort();
      assert.deepEqual(declared, used);
    });

    it("declares every package that its tests import", () => {
      const declared = new Set(
        Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies }),
      );
      const tested = namesOf(imports.filter(({ file }) => isTest(file)));
      assert.deepEqual(
        tested.filter((name) => name !== manifest.name && !declared.has(name)),
        [],
      );
    });
  });
}

describe("the scanner", () => {
  it("sees static, type, re-exporting, bare and dynamic imports, over several lines too", () => {
    const text = [
      'import { a } from "one";',
      'import type { B } from "two";',
      'export {\n  c,\n} from "three";',
      'import "four";',
      'const five = await import("five");',
      '// import { x } from "not-this";',
      '/* import { y } from "nor-this"; */',
    ].join("\n");
    assert.deepEqual(
      scanImports("x.ts", text).map(({ specifier }) => specifier),
      ["one", "two", "three", "four", "five"],
    );
  });

  it("finds a cycle", () => {
    const entry = (file: string, specifier: string): SourceImport => ({ file, specifier, isDynamic: false });
    const cycle = findCycle([
      entry("src/a.ts", "./b.ts"),
      entry("src/b.ts", "./c/d.ts"),
      entry("src/c/d.ts", "../a.ts"),
    ]);
    assert.deepEqual(cycle, ["src/a.ts", "src/b.ts", "src/c/d.ts", "src/a.ts"]);
  });
});

/** Tests, and what a package keeps for them under `src/testing/`. */
function isTest(file: string): boolean {
  return file.endsWith(".test.ts") || file.startsWith("src/testing/");
}

function wordsOf({ file, specifier }: SourceImport): string {
  return `${file} imports ${specifier}`;
}

function namesOf(imports: readonly SourceImport[]): readonly string[] {
  const names = imports.map(({ specifier }) => packageOf(specifier)).filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/** Files of a cycle in the order of their imports, the first again at the end; empty where there is none. */
function findCycle(imports: readonly SourceImport[]): readonly string[] {
  const graph = new Map<string, string[]>();
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith(".")) continue;
    const target = posix.join(dirname(file), specifier);
    graph.set(file, [...(graph.get(file) ?? []), target]);
  }
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): readonly string[] => {
    const seen = trail.indexOf(file);
    if (seen >= 0) return [...trail.slice(seen), file];
    if (done.has(file)) return [];
    for (const target of graph.get(file) ?? []) {
      const cycle = visit(target, [...trail, file]);
      if (cycle.length > 0) return cycle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
