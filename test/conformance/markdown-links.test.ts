import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, it } from "node:test";
import { deadLinks, orphans, type Tree } from "./markdown-links.ts";

const root = join(import.meta.dirname, "../..");

const repository: Tree = {
  pages: new Map(
    globSync(["*.md", "{docs,deploy}/**/*.md", "{packages,examples,test}/*/**/*.md"], {
      cwd: root,
      exclude: (path) => /(^|[\\/])(node_modules|dist|\.cache|\.turbo)$/.test(path),
    }).map((path) => [path.replaceAll(sep, "/"), readFileSync(join(root, path), "utf8")]),
  ),
  holds: (path) => existsSync(join(root, path)),
};

describe("the Markdown pages of the repository", () => {
  it("link to files and headings that are there", () => {
    assert.ok(repository.pages.size > 40, "the pages are found");
    assert.deepEqual(deadLinks(repository), []);
  });

  it("of docs can all be reached from docs/README.md", () => {
    assert.deepEqual(orphans(repository, "docs/README.md", "docs/"), []);
  });
});

describe("deadLinks", () => {
  const dead = (text: string): readonly string[] =>
    deadLinks({
      pages: new Map([
        ["docs/a.md", text],
        ["docs/b.md", "# One\n## `b` of [two](../README.md), really!\n## One\n```sh\n# not a heading\n```"],
      ]),
      holds: (path) => ["docs/a.md", "docs/b.md", "deploy", "README.md"].includes(path),
    });

  for (const link of [
    "b.md",
    "./b.md#one",
    "../README.md",
    "../deploy/",
    "#here",
    "b.md#one-1",
    "https://istio.io/x.md",
  ])
    it(`takes ${link}`, () => assert.deepEqual(dead(`# Here\n[x](${link})`), []));

  it("takes a heading by its words, without punctuation", () => {
    assert.deepEqual(dead("[x](b.md#b-of-two-really)"), []);
  });

  for (const [link, why] of [
    ["c.md", "there is no such file"],
    ["b.md#three", "the page has no such heading"],
    ["#there", "the page has no such heading"],
    ["b.md#not-a-heading", "the page has no such heading"],
  ] as const)
    it(`finds ${link}`, () => assert.deepEqual(dead(`# Here\n\n[x](${link})`), [`docs/a.md:3 ${link}: ${why}`]));

  it("leaves code alone", () => {
    assert.deepEqual(dead("`[x](c.md)`\n```md\n[x](c.md)\n```"), []);
  });
});
