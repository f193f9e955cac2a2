import { anyResourceSchema, jsonSchemaOf } from "../src/schema/json-schema.ts";
import { kindSchemas } from "../src/schema/kind-schemas.ts";
import { fileNameOf } from "./file-names.ts";
import { renderJson } from "./render-json.ts";
import { renderPage } from "./render-page.ts";
import { renderTypeFiles } from "./render-types.ts";

/** Folders of generated files, from the root of the repository. */
export const typesFolder = "packages/config/src/spec";
export const schemaFolder = "packages/config/schema";
export const pagesFolder = "docs/resources";

/** Everything that is made from the tables: path from the root of the repository to text. */
export function renderFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [file, text] of renderTypeFiles()) files.set(`${typesFolder}/${file}`, text);
  for (const schema of kindSchemas) {
    const name = fileNameOf(schema.kind);
    files.set(`${schemaFolder}/${name}.json`, renderJson(jsonSchemaOf(schema)));
    files.set(`${pagesFolder}/${name}.md`, renderPage(schema));
  }
  const index = anyResourceSchema(kindSchemas, (kind) => `${fileNameOf(kind)}.json`);
  return files.set(`${schemaFolder}/index.json`, renderJson(index));
}
