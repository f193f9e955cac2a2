import assert from "node:assert/strict";
import { createMesh } from "intramesh";
import { rule, service, testEachKubectl } from "./bench.ts";

const waitFor = (condition: string): readonly string[] => [
  "wait",
  `--for=condition=${condition}`,
  "vs/reviews",
  "--timeout=30s",
];
const met = "virtualservice.networking.istio.io/reviews condition met\n";
const revision = ["get", "vs", "reviews", "-o", "jsonpath={.metadata.resourceVersion}"];

testEachKubectl("wait returns once the last connected client runs the rule", async ({ fine, start, report }) => {
  await report("web-1", 1);
  await report("web-2", 1);
  await fine(["apply", "-f", "-"], { stdin: rule("reviews") });
  const written = Number(await fine(revision));
  const watching = start(["get", "vs", "reviews", "-w", "-o", "jsonpath={.status.conditions[1].reason} "]);
  await watching.prints(/^Pending /);
  const waiting = start(waitFor("Reconciled"));
  await report("web-1", written);
  const early = await fine(["get", "vs", "reviews", "-o", "jsonpath={.status.conditions[1].message}"]);
  assert.equal(early, "waiting for 2 connected clients to run it");
  await report("web-2", written);
  const { code, out, err } = await waiting.ended;
  assert.deepEqual([code, out], [0, met], err);
  await watching.prints(/Pending Running /);
  assert.equal(await fine(["get", "vs", "reviews", "-o", "jsonpath={.metadata.generation}"]), "1");
});

testEachKubectl("wait shows a rule that a client refuses, and describe says who and why", async ({ fine, report }) => {
  await report("web-1", 1);
  await fine(["apply", "-f", "-"], { stdin: rule("reviews") });
  await report("web-1", 1, ["VirtualService default/reviews is refused, it is left out: spec.http: too new"]);
  assert.equal(await fine(waitFor("Accepted=False")), met);
  const described = await fine(["describe", "vs", "reviews"]);
  assert.match(described, /1 of 1 connected clients refuse it; web-1: VirtualService default\/reviews is refused/);
});

testEachKubectl("a mesh runs a rule that kubectl has waited for", async ({ fine, url }) => {
  await fine(["apply", "-f", "-"], { stdin: service("reviews") });
  await using mesh = await createMesh({ service: { name: "web", namespace: "default" }, registry: url });
  await mesh.ready();
  await fine(["apply", "-f", "-"], { stdin: rule("reviews") });
  assert.equal(await fine(waitFor("Reconciled")), met);
  assert.equal(mesh.explain("http://reviews:9080/").virtualService, "default/reviews");
  await fine(["apply", "-f", "-"], { stdin: rule("reviews", "ratings") });
  assert.equal(await fine(waitFor("Reconciled")), met);
  assert.match(mesh.explain("http://reviews:9080/").host ?? "", /^(ratings|reviews)\./);
  assert.equal(mesh.explain("http://reviews:9080/").destinations[0]?.host, "ratings.default.svc.cluster.local");
});
