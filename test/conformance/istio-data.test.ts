import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { kindOf, parseResource } from "@intramesh/config";
import { isShared, sharedFolder } from "../support/shared-folder.ts";
import { readDocuments } from "./cases.ts";

const hasSharedFolder = isShared("data");
const skip = hasSharedFolder ? false : `${sharedFolder} is not there`;

/** A document of Istio's test data; `_err` says why an invalid one is refused. */
interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly _err?: string;
}

/** `001:db8::` unquoted is text to Go's YAML reader and a map to those of YAML 1.2. */
const readDifferently: ReadonlySet<string> = new Set(["serviceentry-valid.yaml full"]);

for (const folder of ["istio-api-testdata", "istio-bookinfo"]) {
  describe(folder, { skip }, () => {
    if (!hasSharedFolder) return;
    for (const file of readdirSync(join(sharedFolder, "data", folder)).sort()) {
      const documents = readDocuments(readFileSync(join(sharedFolder, "data", folder, file), "utf8"));
      for (const [at, document] of documents.entries()) checkDocument(file, at, document as Document);
    }
  });
}

function checkDocument(file: string, at: number, { _err: reason, ...document }: Document): void {
  const isKnown = kindOf(document.apiVersion, document.kind) !== undefined;
  if (!isKnown || readDifferently.has(`${file} ${document.metadata.name}`)) return;
  const isValid = !file.endsWith("-invalid.yaml");
  const title = `${file} ${at}: ${document.kind} ${document.metadata.name} is ${isValid ? "accepted" : `refused: ${reason}`}`;
  it(title, () => {
    const { resource, issues } = parseResource(document);
    const words = issues.map(({ path, message }) => `${path}: ${message}`).join("\n");
    assert.equal(resource !== undefined, isValid, words);
  });
}
