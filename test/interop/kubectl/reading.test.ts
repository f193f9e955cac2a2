import assert from "node:assert/strict";
import { type Bench, rule, service, testEachKubectl } from "./bench.ts";

/** Two rules and a Service in `default`, a rule in `shop`. */
async function fill({ fine }: Bench): Promise<void> {
  await fine(["create", "namespace", "shop"]);
  await fine(["create", "-f", "-"], { stdin: rule("reviews", "reviews", { labels: { tier: "gold" } }) });
  await fine(["create", "-f", "-"], { stdin: rule("ratings", "ratings", { labels: { tier: "lead" } }) });
  await fine(["create", "-n", "shop", "-f", "-"], { stdin: rule("carts") });
  await fine(["create", "-f", "-"], { stdin: service("reviews") });
}

const named = "virtualservice.networking.istio.io/";

testEachKubectl("get prints tables with the columns of Istio and of Kubernetes", async (bench) => {
  await fill(bench);
  const { fine } = bench;
  const rules = await fine(["get", "vs"]);
  assert.match(rules, /^NAME +GATEWAYS +HOSTS +AGE\nratings +\["ratings"\] +\d+s\nreviews +\["reviews"\] +\d+s\n$/);
  assert.match(await fine(["get", "vs", "-o", "wide"]), /^NAME +GATEWAYS +HOSTS +AGE\n/);
  const services = await fine(["get", "svc"]);
  assert.match(
    services,
    /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE\nreviews +ClusterIP +<none> +<none> +9080\/TCP/,
  );
  assert.match(await fine(["get", "vs", "--show-labels"]), /reviews .* tier=gold\n/);
  assert.match(
    await fine(["get", "vs", "-A"]),
    /^NAMESPACE +NAME .*\ndefault +ratings .*\ndefault +reviews .*\nshop +carts /,
  );
  assert.match(await fine(["get", "vs", "-n", "shop", "--no-headers"]), /^carts /);
  assert.match(await fine(["get", "istio-io", "-o", "name"]), /virtualservice\.networking\.istio\.io\/reviews/);
  assert.match(await fine(["get", "all"]), /^NAME +.*\nservice\/reviews /);
});

testEachKubectl("get prints objects in every other form", async (bench) => {
  await fill(bench);
  const { fine } = bench;
  assert.match(
    await fine(["get", "vs", "reviews", "-o", "yaml"]),
    /^apiVersion: networking\.istio\.io\/v1\nkind: VirtualService\n/,
  );
  const list = JSON.parse(await fine(["get", "vs", "-o", "json"]));
  assert.deepEqual([list.kind, list.items.length], ["List", 2]);
  assert.equal(await fine(["get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}"]), "reviews");
  assert.equal(await fine(["get", "vs", "-o", "name"]), `${named}ratings\n${named}reviews\n`);
  const columns = "custom-columns=NAME:.metadata.name,HOST:.spec.hosts[0]";
  assert.match(await fine(["get", "vs", "reviews", "-o", columns]), /^NAME +HOST\nreviews +reviews\n$/);
  assert.match(
    await fine(["get", "virtualservices.v1beta1.networking.istio.io", "reviews", "-o", "yaml"]),
    /^apiVersion: networking\.istio\.io\/v1beta1\n/,
  );
  assert.match(await fine(["get", "vs", "--sort-by", "{.spec.hosts[0]}"]), /ratings.*\n.*reviews/);
});

testEachKubectl("get selects by labels and by name", async (bench) => {
  await fill(bench);
  const { fine, kubectl } = bench;
  const names = async (...args: readonly string[]): Promise<string> =>
    (await fine(["get", "vs", "-o", "name", ...args])).replaceAll(named, "").trim().replaceAll("\n", " ");
  assert.equal(await names("-l", "tier=gold"), "reviews");
  assert.equal(await names("-l", "tier!=gold"), "ratings");
  assert.equal(await names("-l", "tier in (gold, lead)"), "ratings reviews");
  assert.equal(await names("-l", "!tier", "-A"), "carts");
  assert.equal(await names("--field-selector", "metadata.name=ratings"), "ratings");
  const refused = await kubectl(["get", "vs", "--field-selector", "spec.hosts=a"]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /field label not supported: spec\.hosts/);
});

testEachKubectl("describe shows a rule with its conditions, and hides what a Secret holds", async (bench) => {
  await fill(bench);
  const { fine } = bench;
  const described = await fine(["describe", "vs", "reviews"]);
  assert.match(described, /^Name: +reviews\nNamespace: +default\nLabels: +tier=gold\n/);
  assert.match(described, /Type: +Reconciled\n/);
  assert.match(described, /Events: +<none>/);
  assert.match(await fine(["describe", "svc", "reviews"]), /Port: +http +9080\//);
  await fine(["create", "secret", "generic", "keys", "--from-literal", "user=somebody"]);
  const secret = await fine(["describe", "secret", "keys"]);
  assert.match(secret, /user: +8 bytes/);
  assert.doesNotMatch(secret, /somebody|c29tZWJvZHk/);
});

testEachKubectl("api-resources, api-versions, version and get crds say what there is", async ({ fine }) => {
  const resources = await fine(["api-resources"]);
  assert.match(resources, /^virtualservices +vs +networking\.istio\.io\/v1 +true +VirtualService$/m);
  assert.match(resources, /^deployments +deploy +apps\/v1 +true +Deployment$/m);
  assert.match(await fine(["api-versions"]), /^networking\.istio\.io\/v1alpha3$/m);
  assert.match(await fine(["get", "crds"]), /^NAME +CREATED AT\nauthorizationpolicies\.security\.istio\.io +2/);
  const established = [
    "wait",
    "--for=condition=established",
    "crd/virtualservices.networking.istio.io",
    "--timeout=10s",
  ];
  assert.match(await fine(established), /condition met/);
  assert.match(await fine(["get", "--raw", "/readyz"]), /^ok/);
  assert.match(await fine(["version"]), /v1\.33\.0\+intramesh\./);
});

testEachKubectl(
  "explain walks the fields of a rule",
  async ({ fine }) => {
    assert.match(await fine(["explain", "vs.spec.http.route.destination.host"]), /FIELD: host <string>/);
    assert.match(await fine(["explain", "deployment"]), /no effect/);
  },
  27,
);

testEachKubectl("there are no events to get", async ({ kubectl }) => {
  const { code, err } = await kubectl(["get", "events"]);
  assert.deepEqual([code, err], [0, "No resources found in default namespace.\n"]);
});

testEachKubectl("get -w goes on with every change", async (bench) => {
  const { fine, start } = bench;
  await fine(["create", "-f", "-"], { stdin: rule("reviews") });
  const watching = start(["get", "vs", "-w", "-o", "custom-columns=N:.metadata.name,H:.spec.hosts[0]", "--no-headers"]);
  await watching.prints(/^reviews +reviews$/m);
  await fine(["patch", "vs", "reviews", "--type", "merge", "-p", '{"spec":{"hosts":["shown"]}}']);
  await watching.prints(/^reviews +shown$/m);
  await fine(["create", "-f", "-"], { stdin: rule("ratings") });
  await watching.prints(/^ratings +ratings$/m);
});

testEachKubectl("get -w of one object shows its first change", async ({ fine, start }) => {
  await fine(["create", "-f", "-"], { stdin: rule("reviews") });
  const watching = start(["get", "vs", "reviews", "-w"]);
  await watching.prints(/^reviews +\["reviews"\]/m);
  await fine(["patch", "vs", "reviews", "--type", "merge", "-p", '{"spec":{"hosts":["shown"]}}']);
  await watching.prints(/^reviews +\["shown"\]/m);
});
