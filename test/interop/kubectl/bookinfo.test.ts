import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { bookinfoFolder, testEachKubectl } from "./bench.ts";

const folder = bookinfoFolder();

if (folder === undefined) {
  it("every file of Bookinfo applies", { skip: "Istio's Bookinfo is not there" });
} else {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

  describe("Bookinfo", () => {
    testEachKubectl("every file applies, one after the other", async ({ kubectl }) => {
      for (const file of files) {
        const { code, err } = await kubectl(["apply", "-f", join(folder, file)]);
        assert.equal(code, 0, `${file}: ${err}`);
        for (const line of err.split("\n").filter((text) => text !== "")) assert.match(line, /^Warning: /, file);
      }
    });

    testEachKubectl("the application and its rules apply as created, then as unchanged", async ({ fine }) => {
      const names = [
        "bookinfo",
        "bookinfo-mysql",
        "bookinfo-gateway",
        "destination-rule-all",
        "virtual-service-all-v1",
      ];
      const args = ["apply", ...names.flatMap((name) => ["-f", join(folder, `${name}.yaml`)])];
      const created = (await fine(args)).trim().split("\n");
      for (const line of created) assert.match(line, / created$/);
      for (const kind of [
        "deployment.apps/",
        "serviceaccount/",
        "secret/",
        "service/",
        "gateway.networking.istio.io/",
      ]) {
        assert.ok(
          created.some((line) => line.startsWith(kind)),
          kind,
        );
      }
      const again = (await fine(args)).trim().split("\n");
      assert.equal(again.length, created.length);
      for (const line of again) assert.match(line, / unchanged$/);
    });

    testEachKubectl("what was applied is deleted by the same files", async ({ fine, kubectl }) => {
      const file = join(folder, "bookinfo.yaml");
      const applied = (await fine(["apply", "-f", file])).trim().split("\n");
      const deleted = (await fine(["delete", "-f", file])).trim().split("\n");
      assert.equal(deleted.length, applied.length);
      assert.match((await kubectl(["get", "deploy,sa,svc"])).err, /^No resources found/);
    });
  });
}
