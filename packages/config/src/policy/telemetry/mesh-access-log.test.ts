import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseMeshSettings } from "../parse-mesh-settings.ts";

describe("access logs of a MeshConfig", () => {
  it("are switched on by standard output", () => {
    const { settings, issues } = parseMeshSettings({ accessLogFile: "/dev/stdout", accessLogEncoding: "JSON" });
    assert.deepEqual(issues, []);
    assert.deepEqual(settings?.accessLog, { file: "/dev/stdout", format: undefined, encoding: "JSON" });
  });

  it("write no file that the process did not ask for, and say so", () => {
    const { settings, issues } = parseMeshSettings({ accessLogFile: "/etc/passwd" });
    assert.equal(settings?.accessLog?.file, undefined);
    assert.deepEqual(
      issues.map(({ severity, path }) => [severity, path]),
      [["warning", "accessLogFile"]],
    );
  });

  for (const [format, encoding] of [
    ["%NOTHING%", "TEXT"],
    ["plain", "JSON"],
    ['{"code": 1}', "JSON"],
    ['{"code": "%NOTHING%"}', "JSON"],
  ] as const) {
    it(`refuse the ${encoding} format ${format}`, () => {
      const { settings, issues } = parseMeshSettings({ accessLogFormat: format, accessLogEncoding: encoding });
      assert.equal(settings, undefined);
      assert.equal(issues[0]?.path, "accessLogFormat");
    });
  }
});
