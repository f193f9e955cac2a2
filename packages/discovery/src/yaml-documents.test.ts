import assert from "node:assert/strict";
import { test } from "node:test";
import { formatYaml, parseYamlDocuments } from "./yaml-documents.ts";

const two = `# first
apiVersion: v1
kind: Service
metadata:
  name: reviews
---
# nothing here
---
apiVersion: networking.istio.io/v1
kind: VirtualService
spec:
  http:
  - match:
    - uri: { prefix: / }
    route: []
    timeout: 1s
`;

test("several documents of one file keep their order and their lines", () => {
  const { documents, errors } = parseYamlDocuments(two, "two.yaml");
  assert.deepEqual(errors, []);
  assert.deepEqual(
    documents.map(({ value, line }) => [(value as { kind: string }).kind, line]),
    [
      ["Service", 2],
      ["VirtualService", 9],
    ],
  );
});

test("a field is found at its own line, through lists and flow maps", () => {
  const [service, rules] = parseYamlDocuments(two, "two.yaml").documents;
  assert.equal(service!.lineOf("metadata.name"), 5);
  assert.equal(rules!.lineOf("spec.http[0].timeout"), 16);
  assert.equal(rules!.lineOf("spec.http[0].match[0].uri.prefix"), 14);
  assert.equal(rules!.lineOf(""), 9);
});

test("a key with dots in it is found in brackets", () => {
  const [document] = parseYamlDocuments("metadata:\n  labels:\n    x: y\n    istio.io/rev: a\n", "dots.yaml").documents;
  assert.equal(document!.lineOf("metadata.labels[istio.io/rev]"), 4);
  assert.equal(document!.lineOf("metadata.labels[x]"), 3);
});

test("a field that is not there has no line", () => {
  const [service] = parseYamlDocuments(two, "two.yaml").documents;
  assert.equal(service!.lineOf("metadata.labels.app"), undefined);
  assert.equal(service!.lineOf("kind.name"), undefined);
});

test("an error names file, line and column, and the other documents are read", () => {
  const { documents, errors } = parseYamlDocuments("a: 1\n---\nb: [1, 2\nc: 3\n---\nd: 4\n", "broken.yaml");
  assert.deepEqual(
    documents.map(({ value }) => value),
    [{ a: 1 }, { d: 4 }],
  );
  assert.ok(errors.length > 0);
  assert.equal(errors[0]!.file, "broken.yaml");
  assert.match(errors[0]!.message, /^broken\.yaml:\d+:\d+: \S/);
});

test("a key given twice is an error at the second", () => {
  const { errors } = parseYamlDocuments("a: 1\na: 2\n", "twice.yaml");
  assert.deepEqual(
    errors.map(({ line, column }) => [line, column]),
    [[2, 1]],
  );
});

test("JSON is YAML", () => {
  const { documents } = parseYamlDocuments('{"kind": "Service"}', "x.json");
  assert.deepEqual(documents[0]!.value, { kind: "Service" });
});

test("aliases that multiply without end are refused", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]\n`;
  assert.match(parseYamlDocuments(bomb, "bomb.yaml").errors[0]!.message, /alias/i);
});

test("no text at all is no document", () => {
  assert.deepEqual(parseYamlDocuments("", "empty.yaml"), { documents: [], errors: [] });
  assert.deepEqual(parseYamlDocuments("# only this\n", "empty.yaml"), { documents: [], errors: [] });
});

test("what is formatted reads back as it was", () => {
  const value = { kind: "Service", spec: { on: "on", long: "x ".repeat(200), list: [1, { a: null }] } };
  assert.deepEqual(parseYamlDocuments(formatYaml(value), "out.yaml").documents[0]!.value, value);
});

test("a merge key takes over what its anchor has, and what stands beside it wins", () => {
  const text = "one: &one { a: 1, b: 2 }\ntwo:\n  <<: *one\n  b: 3\n";
  const { documents, errors } = parseYamlDocuments(text, "merge.yaml");
  assert.deepEqual(errors, []);
  assert.deepEqual(documents[0]!.value, { one: { a: 1, b: 2 }, two: { a: 1, b: 3 } });
});

test("a file that is nested too deep to be read is one error that says so", () => {
  const { documents, errors } = parseYamlDocuments(`a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, "deep.yaml");
  assert.equal(documents.length, 0);
  assert.deepEqual(
    errors.map(({ message }) => message.replace(/^deep\.yaml:\d+:\d+: /, "")),
    ["lists and objects are nested too deep to be read; no resource needs more than 100 levels"],
  );
});
