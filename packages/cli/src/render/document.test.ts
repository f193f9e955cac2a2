import assert from "node:assert/strict";
import { test } from "node:test";
import { parseYamlDocuments } from "@intramesh/discovery/yaml-documents";
import { run } from "../program.ts";
import { rule, service } from "../testing/run-command.ts";

const input = { env: {}, readStdin: () => `${service("reviews")}---\n${rule("reviews")}` };

for (const words of [
  ["explain", "http://reviews:9080/", "-f", "-"],
  ["analyze", "-"],
  ["validate", "-"],
]) {
  test(`${words[0]} -o yaml says what -o json says`, async () => {
    const json = await run([...words, "-o", "json"], input);
    const yaml = await run([...words, "-o", "yaml"], input);
    assert.equal(yaml.code, json.code);
    const { documents } = parseYamlDocuments(yaml.out, "stdout");
    assert.deepEqual(
      documents.map(({ value }) => value),
      [JSON.parse(json.out)],
    );
    if (words[0] === "explain") assert.match(yaml.out, /^outcome: forward$/m);
  });
}
