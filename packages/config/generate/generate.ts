import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderFiles } from "./generated-files.ts";

/* Writes everything that is made from the tables in src/schema; `npm run schema` runs it. */

const root = join(import.meta.dirname, "../../..");
const files = renderFiles();
for (const [path, text] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
console.log(`${files.size} files written`);
