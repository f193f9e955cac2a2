import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { kindSchemas } from "../src/schema/kind-schemas.ts";
import { fileNameOf } from "./file-names.ts";
import { pagesFolder, renderFiles, schemaFolder, typesFolder } from "./generated-files.ts";

const root = join(import.meta.dirname, "../../..");
const files = renderFiles();

/** Written by people. */
const handWritten: ReadonlySet<string> = new Set([`${pagesFolder}/README.md`]);

for (const [path, text] of files) {
  it(`${path} says what the tables say`, () => {
    assert.equal(readFileSync(join(root, path), "utf8"), text, "run npm run schema -w @intramesh/config");
  });
}

for (const folder of [typesFolder, schemaFolder, pagesFolder]) {
  it(`${folder} holds nothing else`, () => {
    const found = readdirSync(join(root, folder)).map((file) => `${folder}/${file}`);
    assert.deepEqual(
      found.filter((path) => !files.has(path) && !handWritten.has(path)),
      [],
    );
  });
}

it("the list of kinds links every page", () => {
  const readme = readFileSync(join(root, pagesFolder, "README.md"), "utf8");
  const missing = kindSchemas.filter(({ kind }) => !readme.includes(`[${kind}](${fileNameOf(kind)}.md)`));
  assert.deepEqual(missing, []);
});
