import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseResource } from "@intramesh/config";
import { parseAllDocuments } from "yaml";

const root = join(import.meta.dirname, "../..");
const pages = [...globSync("docs/**/*.md", { cwd: root }), ...globSync("*.md", { cwd: root })].sort();

/** Whole resources of the page's YAML blocks. */
function resourcesOf(page: string): readonly unknown[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].flatMap(([, indent = "", block = ""]) =>
    parseAllDocuments(block.replaceAll(new RegExp(`^${indent}`, "gm"), ""))
      .map((document) => document.toJS() as unknown)
      .filter((value) => typeof value === "object" && value !== null && "apiVersion" in value && "spec" in value),
  );
}

for (const page of pages) {
  const resources = resourcesOf(page);
  if (resources.length === 0) continue;
  test(`the resources that ${page} shows are valid`, () => {
    for (const resource of resources) {
      const { issues } = parseResource(placed(resource));
      assert.deepEqual(
        issues.filter(({ severity }) => severity === "error"),
        [],
        JSON.stringify(resource),
      );
    }
  });
}

/** As kubectl would have it: what names no namespace is in `default`. */
function placed(resource: unknown): unknown {
  const { metadata, ...rest } = resource as { readonly metadata: object };
  return { ...rest, metadata: { namespace: "default", ...metadata } };
}
