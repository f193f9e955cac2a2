import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parseResource } from "@intramesh/config";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { isShared, repositoryRoot, sharedFolder } from "../support/shared-folder.ts";
import { readCases, readDocuments, type ValidateCase } from "./cases.ts";

const hasSharedFolder = isShared("conformance");
const skip = hasSharedFolder ? false : `${sharedFolder} is not there`;

/** An object as its author wrote it; `_err` is a note of Istio's on test data that is to be refused. */
interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly _err?: string;
}

/** The schemas as they are published, by file name. */
const validators = readSchemas();

/** The one for documents of any kind. */
const anyResource = validators.get("index.json")!;

/** `001:db8::` unquoted is text to Go's YAML reader and a map to those of YAML 1.2. */
const readDifferently: ReadonlySet<string> = new Set(["serviceentry-valid.yaml full"]);

describe("JSON Schemas take", { skip }, () => {
  if (!hasSharedFolder) return;
  const folders = [
    join(sharedFolder, "data/istio-bookinfo"),
    join(sharedFolder, "data/istio-api-testdata"),
    join(repositoryRoot, "examples/bookinfo/config"),
  ];
  for (const path of folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))) {
    if (path.endsWith("-invalid.yaml")) continue;
    const documents = readDocuments(readFileSync(path, "utf8")) as readonly Document[];
    for (const document of documents) {
      const title = `${basename(path)} ${document.metadata.name}`;
      if (readDifferently.has(title)) continue;
      it(`${title}, a ${document.kind}`, () => assertValid(document));
    }
  }
  for (const { name, document, valid } of readValidateCases()) {
    if (valid) it(name, () => assertValid(document));
  }
});

describe("a field put where it does not belong is known to the JSON Schema as to the check, in", { skip }, () => {
  if (!hasSharedFolder) return;
  for (const { name, document, valid } of readValidateCases()) {
    if (!valid) continue;
    it(name, () => {
      let refused = 0;
      for (const [path, changed] of withStrayField(document)) {
        const { resource, issues } = parseResource(changed);
        if (resource !== undefined) assert.equal(anyResource(changed), true, path);
        if (!issues.some(({ message }) => message.startsWith("unknown field"))) continue;
        assert.equal(anyResource(changed), false, path);
        refused += 1;
      }
      assert.ok(refused > 0);
    });
  }
});

it("objects of other groups pass, unknown kinds of Istio's groups do not", () => {
  const metadata = { name: "x" };
  assert.equal(anyResource({ apiVersion: "apps/v1", kind: "Deployment", metadata }), true);
  assert.equal(anyResource({ apiVersion: "networking.istio.io/v1", kind: "VirtualServise", metadata }), false);
});

function assertValid(document: Document): void {
  assert.equal(anyResource(document), true, JSON.stringify(anyResource.errors, null, 2));
}

/** The document again for each object in it, with one field more there; each with the path of that object. */
function* withStrayField(value: unknown, path = ""): Generator<[path: string, changed: unknown]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [path, { ...value, stray: 1 }];
  for (const [key, inner] of Object.entries(value)) {
    for (const [place, changed] of withStrayField(inner, `${path}/${key}`)) {
      yield [place, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
    }
  }
}

function readValidateCases(): readonly {
  readonly name: string;
  readonly document: Document;
  readonly valid: boolean;
}[] {
  const files = readdirSync(join(sharedFolder, "conformance")).filter((file) => file.endsWith(".validate.yaml"));
  return files.flatMap((file) =>
    readCases<ValidateCase>(file).map(({ name, resource, valid }) => ({
      name: `${file}: ${name}`,
      document: readDocuments(resource)[0] as Document,
      valid,
    })),
  );
}

function readSchemas(): ReadonlyMap<string, ValidateFunction> {
  const folder = dirname(fileURLToPath(import.meta.resolve("@intramesh/config/schema/index.json")));
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });
  const files = readdirSync(folder);
  for (const file of files) ajv.addSchema(JSON.parse(readFileSync(join(folder, file), "utf8")), file);
  return new Map(files.map((file) => [file, ajv.getSchema(file)!]));
}
