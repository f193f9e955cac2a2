import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rule, runCommand, service, startBench, temporaryFolder } from "./testing/run-command.ts";

const jason = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
  - name: jason
    match:
    - headers: { end-user: { exact: jason } }
    route:
    - destination: { host: reviews, subset: v2 }
    timeout: 2s
  - route:
    - destination: { host: reviews, subset: v1 }
`;

const subsets = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec:
  host: reviews
  subsets:
  - { name: v1, labels: { version: v1 } }
  - { name: v2, labels: { version: v2 } }
`;

const instance = {
  address: "10.0.0.4",
  ports: { http: 9080 },
  labels: { version: "v2" },
};

test("explain says where a request goes, offline", async (t) => {
  const path = join(temporaryFolder(t), "mesh.yaml");
  writeFileSync(path, [service("reviews"), jason, subsets].join("---\n"));
  const args = ["explain", "http://reviews:9080/reviews/0", "-f", path, "-o", "json"];
  const asked = await runCommand([...args, "-H", "end-user: jason"]);
  assert.deepEqual([asked.code, asked.err], [0, ""]);
  const decision = JSON.parse(asked.out);
  assert.deepEqual(
    [decision.outcome, decision.virtualService, decision.route.name, decision.timeoutMs],
    ["forward", "default/reviews", "jason", 2_000],
  );
  assert.deepEqual([decision.destinations[0].subset, decision.destinations[0].weight], ["v2", 100]);
  const other = JSON.parse((await runCommand(args)).out);
  assert.deepEqual([other.route.index, other.destinations[0].subset, other.timeoutMs], [1, "v1", null]);
});

test("explain reads to people", async (t) => {
  const path = join(temporaryFolder(t), "mesh.yaml");
  writeFileSync(path, [service("reviews"), jason, subsets].join("---\n"));
  const { out } = await runCommand(["explain", "http://reviews:9080/", "-H", "end-user: jason", "-f", path]);
  assert.match(
    out,
    /^GET http:\/\/reviews:9080\/ from namespace default\nis forwarded to reviews\.default\S+:9080 subset v2$/m,
  );
  assert.match(out, /^ {2}Rule +VirtualService default\/reviews, http\[0\] "jason", match\[0\]$/m);
  assert.match(out, /^ {2}Timeout +2000 ms$/m);
  assert.match(out, /^Why\n {2}host reviews/m);
});

test("explain asks the registry for what it is not given", async (t) => {
  const { run, url } = await startBench(t);
  await run(["apply", "-f", "-"], [service("reviews"), jason, subsets].join("---\n"));
  const at = `${url}/mesh/v1/namespaces/default/services/reviews/instances/reviews-v2`;
  await fetch(at, { method: "PUT", body: JSON.stringify(instance) });
  const { code, out } = await run(["explain", "http://reviews:9080/", "-H", "end-user: jason", "-o", "json"]);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out).destinations[0].endpoints, ["10.0.0.4:9080"]);
});

test("explain takes the caller's namespace and the mesh's settings into account", async (t) => {
  const folder = temporaryFolder(t);
  const [path, mesh] = [join(folder, "mesh.yaml"), join(folder, "settings.yaml")];
  writeFileSync(path, service("reviews"));
  writeFileSync(mesh, "outboundTrafficPolicy: { mode: REGISTRY_ONLY }\n");
  const ask = async (...more: readonly string[]): Promise<{ outcome: string; response: unknown }> =>
    JSON.parse((await runCommand(["explain", "http://reviews:9080/", "-f", path, "-o", "json", ...more])).out);
  assert.equal((await ask()).outcome, "forward");
  assert.equal((await ask("--source-namespace", "other")).outcome, "unknown-host");
  const refused = await ask("--source-namespace", "other", "--mesh", mesh);
  assert.deepEqual(refused.response, { status: 502, body: "", flags: null });
});

test("explain does not explain with resources that are not valid", async (t) => {
  const path = join(temporaryFolder(t), "bad.yaml");
  writeFileSync(path, jason.replace("timeout: 2s", "timeout: soon"));
  const { code, out, err } = await runCommand(["explain", "http://reviews:9080/", "-f", path]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /bad\.yaml:12: VirtualService default\/reviews is invalid: spec\.http\[0\]\.timeout: /);
});

test("analyze lists findings with file and line, and errors are not fine", async (t) => {
  const path = join(temporaryFolder(t), "bad.yaml");
  writeFileSync(path, jason.replace("timeout: 2s", "timeouts: 2s"));
  const { code, out, err } = await runCommand(["analyze", path, "-o", "json"]);
  assert.deepEqual([code, err], [1, ""]);
  const [finding] = JSON.parse(out);
  assert.match(finding.message, /unknown field "timeouts"/);
  delete finding.message;
  assert.deepEqual(finding, {
    code: "IST0106",
    severity: "error",
    resource: "VirtualService default/reviews",
    path: "spec.http[0].timeouts",
    file: path,
    line: 12,
  });
  const text = await runCommand(["analyze", path]);
  assert.match(
    text.out,
    /^Error \[IST0106\] \(VirtualService default\/reviews \S+bad\.yaml:12\) spec\.http\[0\]\.timeouts: /,
  );
});

test("analyze finds references to nothing, where it can know", async (t) => {
  const path = join(temporaryFolder(t), "mesh.yaml");
  const analyze = async (...resources: readonly string[]): Promise<string[]> => {
    writeFileSync(path, resources.join("---\n"));
    const findings = JSON.parse((await runCommand(["analyze", path, "-o", "json"])).out);
    return findings.map(({ code, path: at }: { code: string; path: string }) => `${code} ${at}`);
  };
  assert.deepEqual(await analyze(jason), []);
  assert.deepEqual(await analyze(jason, subsets, service("reviews")), []);
  assert.deepEqual(await analyze(jason, subsets.replace("name: v2", "name: v3"), service("reviews")), [
    "IST0101 spec.http[0].route[0].destination.subset",
  ]);
  assert.deepEqual(await analyze(rule("reviews", "nobody"), subsets, service("reviews")), [
    "IST0101 spec.http[0].route[0].destination.host",
  ]);
  assert.deepEqual(await analyze(subsets, service("ratings")), ["IST0174 spec.host"]);
  const rival = rule("reviews").replace("name: reviews", "name: rival");
  assert.deepEqual(await analyze(rule("reviews"), rival), ["IST0109 spec.hosts[0]", "IST0109 spec.hosts[0]"]);
});

test("analyze without files looks at the registry", async (t) => {
  const { run } = await startBench(t);
  await run(["apply", "-f", "-"], [service("ratings"), rule("reviews", "nobody")].join("---\n"));
  const { code, out } = await run(["analyze", "-o", "json"]);
  assert.equal(code, 1);
  assert.deepEqual(
    JSON.parse(out).map(({ code: id, file, line }: Record<string, unknown>) => [id, file, line]),
    [["IST0101", null, null]],
  );
  await run(["delete", "vs", "reviews"]);
  const fine = await run(["analyze"]);
  assert.deepEqual([fine.code, fine.err], [0, "✔ No validation issues found when analyzing the registry.\n"]);
});

test("explain names the mesh settings that it does not read, and takes a path as it would be sent", async (t) => {
  const folder = temporaryFolder(t);
  const [path, mesh] = [join(folder, "mesh.yaml"), join(folder, "settings.yaml")];
  writeFileSync(path, service("reviews"));
  writeFileSync(mesh, "rootNamespace: mesh\noutboundTraficPolicy: { mode: REGISTRY_ONLY }\n");
  const args = ["explain", "http://reviews:9080/caf\u00e9 1", "-f", path, "--mesh", mesh, "-o", "json"];
  const { code, out, err } = await runCommand(args);
  assert.equal(code, 0);
  assert.match(err, /^note: .*settings\.yaml:2: outboundTraficPolicy: is not read by intramesh: it has no effect\n$/);
  assert.equal(JSON.parse(out).request.path, "/caf%C3%A9%201");
});
