import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import type { Finding } from "./analyze/finding.ts";
import { rule, runCommand, service, startBench, temporaryFolder } from "./testing/run-command.ts";

const shared = process.env["INTRAMESH_SHARED"] ?? resolve(import.meta.dirname, "../../../../shared");
const bookinfo = join(shared, "data/istio-bookinfo");
const hasBookinfo = isFolder(bookinfo);

/** Without a port, `reviews` is ambiguous: an error. Its ports' names tell nothing: infos. */
const twoPorts = `apiVersion: v1
kind: Service
metadata:
  name: reviews
spec:
  ports:
  - { name: web, port: 9080 }
  - { name: admin, port: 9090 }
  selector: { app: reviews }
`;

test("analyze names file and line of what is around a missing field, worst findings first", async (t) => {
  const { path, analyze } = fileOf(t, twoPorts, rule("reviews"));
  const { code, findings } = await analyze();
  assert.equal(code, 1);
  assert.deepEqual(
    findings.map((finding) => [finding.code, finding.severity, finding.resource, finding.path, finding.line]),
    [
      ["IST0112", "error", "VirtualService default/reviews", "spec.http[0].route[0].destination", 20],
      ["IST0118", "info", "Service default/reviews", "spec.ports[0].name", 7],
      ["IST0118", "info", "Service default/reviews", "spec.ports[1].name", 8],
    ],
  );
  assert.deepEqual(new Set(findings.map(({ file }) => file)), new Set([path]));
});

test("analyze reads to people: a line for each finding, what to do about each code, how many there are", async (t) => {
  const { path } = fileOf(t, twoPorts, rule("reviews"));
  const { out, err } = await runCommand(["analyze", path]);
  assert.equal(err, "");
  const [first, , , , ...rest] = out.split("\n");
  assert.match(first!, /^Error \[IST0112\] \(VirtualService default\/reviews \S+mesh\.yaml:20\) spec\.http\[0\]\S+: /);
  assert.equal(rest[0], "What to do");
  assert.match(rest[1]!, /^ {2}IST0112 {3}Add destination\.port\.number\.$/);
  assert.equal(rest.at(-2), "1 error, 2 info");
});

test("thresholds say what is shown and what is not fine", async (t) => {
  const { analyze } = fileOf(t, twoPorts);
  assert.equal((await analyze()).code, 0);
  const strict = await analyze("--failure-threshold", "info");
  assert.deepEqual([strict.code, strict.findings.length], [1, 2]);
  const quiet = await analyze("--failure-threshold", "info", "--output-threshold", "warning");
  assert.deepEqual([quiet.code, quiet.findings], [1, []]);
});

test("findings are suppressed by code and resource, and by an annotation", async (t) => {
  const note = "  annotations: { galley.istio.io/analyze-suppress: 'IST0112' }\n";
  const { path, analyze } = fileOf(t, twoPorts, rule("reviews"));
  const codes = async (...more: readonly string[]): Promise<readonly string[]> =>
    (await analyze(...more)).findings.map(({ code }) => code);
  assert.deepEqual(await codes("-S", "IST0112=VirtualService reviews.default", "-S", "IST01*=Service *"), []);
  assert.deepEqual(await codes("-S", "IST0118=* *.other"), ["IST0112", "IST0118", "IST0118"]);
  writeFileSync(path, [twoPorts, rule("reviews").replace("spec:\n", `${note}spec:\n`)].join("---\n"));
  assert.deepEqual(await codes(), ["IST0118", "IST0118"]);
  const wrong = await runCommand(["analyze", path, "-S", "IST0112"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--suppress "IST0112" is not CODE=Kind name\.namespace/);
});

test("-n takes findings about one namespace, where resources that name none are", async (t) => {
  const { analyze } = fileOf(t, service("reviews"), rule("reviews", "nobody"));
  const staging = await analyze("-n", "staging");
  assert.deepEqual(
    staging.findings.map(({ code, resource }) => [code, resource]),
    [["IST0101", "VirtualService staging/reviews"]],
  );
});

test("what validation warns of has Istio's code and severity for it", async (t) => {
  const twice = rule("reviews").replace(
    "http:\n",
    "http:\n  - match: [{ uri: { prefix: /a } }]\n    redirect: { uri: /b, redirectCode: 305 }\n",
  );
  const match = twice.replace(
    "  - route:",
    "  - match: [{ uri: { prefix: /a/b } }, { uri: { prefix: /c } }]\n    route:",
  );
  const { analyze } = fileOf(t, match);
  assert.deepEqual(
    (await analyze()).findings.map(({ code, severity, path }) => [code, severity, path]),
    [
      ["IST0133", "warning", "spec.http[0].redirect.redirectCode"],
      ["IST0131", "info", "spec.http[1].match[0]"],
    ],
  );
});

test("--use-registry looks at files as if they were applied", async (t) => {
  const { run, file } = await startBench(t);
  await run(["apply", "-f", "-"], [service("reviews"), rule("reviews", "nobody")].join("---\n"));
  const lost = file("lost.yaml", rule("ratings", "nobody"));
  const ask = async (...args: readonly string[]): Promise<readonly unknown[]> => {
    const { out } = await run(["analyze", ...args, "-o", "json"]);
    return JSON.parse(out).map(({ code, resource, line }: Finding) => [code, resource, line]);
  };
  assert.deepEqual(await ask(lost), []);
  assert.deepEqual(await ask(lost, "--use-registry"), [
    ["IST0101", "VirtualService default/reviews", null],
    ["IST0101", "VirtualService default/ratings", 11],
  ]);
  const fixed = file("fixed.yaml", rule("reviews"));
  assert.deepEqual(await ask(fixed, "--use-registry"), []);
  const text = await run(["analyze", fixed, "--use-registry"]);
  assert.equal(text.err, `✔ No validation issues found when analyzing the registry and ${fixed}.\n`);
  assert.equal((await run(["analyze", "--use-registry"])).code, 2);
});

test("kinds of others are left out, and people are told", async (t) => {
  const { path } = fileOf(t, service("reviews"), "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\n");
  const { out, err } = await runCommand(["analyze", path]);
  assert.equal(out, "");
  assert.match(err, /^note: left out, as these kinds are not the mesh's: 1 Deployment\n✔ No validation issues /);
  const json = await runCommand(["analyze", path, "-o", "json"]);
  assert.deepEqual([json.out, json.err], ["[]\n", ""]);
});

test("-L lists the checks with their codes", async () => {
  const { code, out } = await runCommand(["analyze", "-L"]);
  assert.equal(code, 0);
  assert.match(out, /^NAME +CODES +CHECKS THAT$/m);
  assert.match(out, /^conflicting-hosts +IST0109 +\S/m);
});

test("a registry that cannot be reached ends with 3", async () => {
  const { code, out } = await runCommand(["analyze", "--registry", "http://127.0.0.1:1", "-o", "json"]);
  assert.deepEqual([code, out], [3, ""]);
});

test("Istio's own Bookinfo has no errors", { skip: hasBookinfo ? false : `${bookinfo} is not there` }, async () => {
  const { code, out } = await runCommand(["analyze", bookinfo, "-o", "json"]);
  const findings: readonly Finding[] = JSON.parse(out);
  assert.deepEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
  assert.equal(code, 0);
});

interface Analysed {
  readonly code: number | null;
  readonly findings: readonly Finding[];
}

/** A file of these resources, and what an analysis finds in it. */
function fileOf(
  t: TestContext,
  ...resources: readonly string[]
): { readonly path: string; analyze(...args: readonly string[]): Promise<Analysed> } {
  const path = join(temporaryFolder(t), "mesh.yaml");
  writeFileSync(path, resources.join("---\n"));
  return {
    path,
    async analyze(...args) {
      const { code, out } = await runCommand(["analyze", path, "-o", "json", ...args]);
      return { code, findings: JSON.parse(out) };
    },
  };
}

function isFolder(path: string): boolean {
  try {
    return readdirSync(path).length > 0;
  } catch (cause) {
    if (process.env["CI"] === "true") throw new Error(`${path} is not there`, { cause });
    return false;
  }
}

test("a resource that files hold twice is warned of at the second", async (t) => {
  const text = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
  const path = join(temporaryFolder(t), "twice.yaml");
  writeFileSync(path, `${text}---\n${text}`);
  const { code, out } = await runCommand(["analyze", path, "-o", "json"]);
  const found = JSON.parse(out) as readonly {
    readonly code: string;
    readonly resource: string;
    readonly line: number;
  }[];
  assert.deepEqual(
    found.map((finding) => [finding.code, finding.resource, finding.line]),
    [["IST0133", "Namespace shop", 7]],
  );
  assert.equal(code, 0);
});
