import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { analysisChecks } from "./checks.ts";
import { analysisCodes } from "./codes.ts";

const page = readFileSync(new URL("../../../../docs/reference/analyze.md", import.meta.url), "utf8");

test("the reference lists every code with its severity, meaning and fix, and no other", () => {
  assert.deepEqual(
    rowsOf("Codes"),
    analysisCodes.map(({ code, severity, meaning, fix }) => [code, severity, meaning, fix]),
  );
});

test("the reference lists every check with its codes, and no other", () => {
  assert.deepEqual(
    rowsOf("Checks"),
    analysisChecks.map(({ name, codes, description, onWrite }) => [
      `\`${name}\``,
      codes.join(", "),
      description,
      onWrite ? "yes" : "",
    ]),
  );
});

/** Cells of the table under a heading, without its head. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
