import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { programPackage } from "./program-package.ts";

describe("the package of the program", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "intramesh-program-")));
  after(() => rmSync(root, { recursive: true }));

  function file(path: string, content: object | string = ""): string {
    const whole = join(root, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, typeof content === "string" ? content : JSON.stringify(content));
    return whole;
  }

  const reviews = { name: "reviews", version: "1.2.3" };
  file("shop/package.json", { name: "shop", version: "1.0.0", workspaces: ["*"] });
  file("shop/reviews/package.json", reviews);
  file("shop/reviews/dist/package.json", { type: "module" });
  const main = file("shop/reviews/dist/main.js");

  it("is that of the nearest package.json with a name above its script", () => {
    assert.deepEqual(programPackage({}, main), reviews);
    assert.deepEqual(programPackage({}, main.replace(/\.js$/, "")), reviews);
    assert.deepEqual(programPackage({}, dirname(main)), reviews);
    const link = join(root, "link.js");
    symlinkSync(main, link);
    assert.deepEqual(programPackage({}, link), reviews);
    assert.deepEqual(programPackage({ npm_package_name: "shop" }, main), reviews);
  });

  it("is that of npm's script where a package in node_modules runs the program", () => {
    const launcher = file("shop/node_modules/tsx/dist/cli.js");
    file("shop/node_modules/tsx/package.json", { name: "tsx", version: "4.0.0" });
    const env = { npm_package_name: "reviews", npm_package_version: "1.2.3" };
    assert.deepEqual(programPackage(env, launcher), reviews);
    assert.deepEqual(programPackage({ npm_package_name: "reviews" }, launcher), {
      name: "reviews",
      version: undefined,
    });
    assert.equal(programPackage({}, launcher), undefined);
  });

  it("is nobody's for a script of a monorepo's root, and for what cannot be read", () => {
    assert.equal(programPackage({}, file("shop/tools/run.js")), undefined);
    assert.equal(programPackage({}, join(root, "gone", "main.js")), undefined);
    file("torn/package.json", "{");
    assert.notEqual(programPackage({}, file("torn/main.js"))?.name, "torn");
  });
});
