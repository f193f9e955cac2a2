import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createMeshPolicy, type Issue, parseResource, type Resource } from "@intramesh/config";
import { type Decision, HeaderMap } from "@intramesh/core";
import { compileRouteTable, explainRequest, parseTarget } from "@intramesh/routing";
import { isShared, sharedFolder } from "../support/shared-folder.ts";
import { type RouteCase, readBase, readCases, readDocuments, type ValidateCase } from "./cases.ts";
import { findDifferences } from "./compare.ts";

/** Files whose every case holds. A file that is in neither list fails the last test: none is left out in silence. */
const inForce: readonly string[] = [
  "match.route.yaml",
  "destinations.route.yaml",
  "actions.route.yaml",
  "hosts.route.yaml",
  "retries-timeouts.route.yaml",
  "destination-rule.route.yaml",
  "delegate.route.yaml",
  "service-entry.route.yaml",
  "gateway.route.yaml",
  "virtual-service.validate.yaml",
  "destination-rule.validate.yaml",
  "service-entry.validate.yaml",
  "gateway.validate.yaml",
  "security.validate.yaml",
];

/** Files that wait for what they test. */
const waiting: readonly string[] = [];

const hasSharedFolder = isShared("conformance");
const skip = hasSharedFolder ? false : `${sharedFolder} is not there`;

for (const file of inForce) {
  describe(file, { skip }, () => {
    if (!hasSharedFolder) return;
    if (file.endsWith(".route.yaml")) {
      for (const { name, ...test } of readCases<RouteCase>(file)) it(name, () => checkDecision({ name, ...test }));
    } else {
      for (const { name, ...test } of readCases<ValidateCase>(file)) it(name, () => checkResource({ name, ...test }));
    }
  });
}

it("every file of cases is in force or known to wait", { skip }, () => {
  const files = readdirSync(join(sharedFolder, "conformance")).filter((file) => file.endsWith(".yaml"));
  assert.deepEqual(files.sort(), [...inForce, ...waiting].sort());
});

function checkDecision(test: RouteCase): void {
  const decision = decide(test);
  const differences = findDifferences(test.expect, decision);
  assert.deepEqual(differences, [], decision.why.join("\n"));
}

function decide({ base, config, request }: RouteCase): Decision {
  const resources = [...readBase(base), ...readDocuments(config)].map(parseValid);
  const client = {
    namespace: request.namespace ?? "default",
    labels: request.labels ?? {},
    ...(request.gateway !== undefined && { gateway: request.gateway }),
  };
  const policy = createMeshPolicy(resources, client);
  const target = parseTarget(request.url);
  assert.ok(target, `${request.url} is an http URL`);
  return explainRequest(policy, compileRouteTable(policy), {
    method: request.method ?? "GET",
    scheme: target.scheme,
    authority: target.authority,
    path: target.path,
    headers: HeaderMap.from(Object.entries(request.headers ?? {})),
  });
}

function parseValid(object: unknown): Resource {
  const { resource, issues } = parseResource(object);
  assert.ok(resource, linesOf(issues).join("\n"));
  return resource;
}

function checkResource({ resource: text, valid, errors = [], warnings = [] }: ValidateCase): void {
  const [object] = readDocuments(text);
  const { resource, issues } = parseResource(object);
  const found = {
    error: linesOf(issues.filter(({ severity }) => severity === "error")),
    warning: linesOf(issues.filter(({ severity }) => severity === "warning")),
  };
  assert.equal(resource !== undefined, valid, [...found.error, "no other errors"].join("\n"));
  for (const part of errors) assertSaid(found.error, part);
  for (const part of warnings) assertSaid(found.warning, part);
}

function linesOf(issues: readonly Issue[]): readonly string[] {
  return issues.map(({ path, message }) => `${path}: ${message}`);
}

function assertSaid(lines: readonly string[], part: string): void {
  assert.ok(
    lines.some((line) => line.includes(part)),
    `nothing says ${JSON.stringify(part)} among\n${lines.join("\n")}`,
  );
}
