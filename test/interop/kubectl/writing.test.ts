import assert from "node:assert/strict";
import { rule, service, testEachKubectl } from "./bench.ts";

const named = "virtualservice.networking.istio.io/reviews";
const hosts = ["get", "vs", "reviews", "-o", "jsonpath={.spec.hosts[0]}"];

testEachKubectl("apply creates, changes, and sees that nothing is to do", async ({ fine, kubectl }) => {
  const apply = (stdin: string): Promise<string> => fine(["apply", "-f", "-"], { stdin });
  assert.equal(await apply(rule("reviews")), `${named} created\n`);
  assert.equal(await apply(rule("reviews")), `${named} unchanged\n`);
  assert.equal(await apply(rule("reviews", "ratings")), `${named} configured\n`);
  const unknown = await kubectl(["apply", "-f", "-"], { stdin: rule("nothing") });
  assert.match(unknown.err, /^Warning: IST0101 .* host nothing\.default\S+ is not known to the mesh/m);
});

testEachKubectl(
  "patch takes merge and JSON patches, and the strategic kind for core kinds",
  async ({ fine, kubectl }) => {
    await fine(["create", "-f", "-"], { stdin: rule("reviews") });
    const merge = ["patch", "vs", "reviews", "--type", "merge", "-p", '{"spec":{"hosts":["a"]}}'];
    assert.equal(await fine(merge), `${named} patched\n`);
    assert.equal(await fine(hosts), "a");
    await fine([
      "patch",
      "vs",
      "reviews",
      "--type",
      "json",
      "-p",
      '[{"op":"replace","path":"/spec/hosts/0","value":"b"}]',
    ]);
    assert.equal(await fine(hosts), "b");
    assert.equal(await fine(merge), `${named} patched\n`);
    assert.equal(await fine(merge), `${named} patched (no change)\n`);
    const strategic = await kubectl(["patch", "vs", "reviews", "-p", '{"spec":{"hosts":["c"]}}']);
    assert.equal(strategic.code, 1);
    assert.match(strategic.err, /application\/(strategic-merge-patch\+json is not supported|json-patch\+json)/);
    await fine(["apply", "-f", "-"], { stdin: service("reviews", 9080) });
    await fine(["apply", "-f", "-"], { stdin: service("reviews", 9081) });
    const ports = ["get", "svc", "reviews", "-o", "jsonpath={.spec.ports[*].port}"];
    assert.equal(await fine(ports), "9081");
    await fine(["patch", "svc", "reviews", "-p", '{"spec":{"ports":[{"port":9082,"name":"grpc"}]}}']);
    assert.deepEqual((await fine(ports)).split(" ").sort(), ["9081", "9082"]);
  },
);

testEachKubectl("the containers of a Deployment are merged by their names", async ({ fine }) => {
  const deployment = (image: string): string =>
    JSON.stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            containers: [
              { name: "web", image },
              { name: "helper", image: "helper" },
            ],
          },
        },
      },
    });
  await fine(["apply", "-f", "-"], { stdin: deployment("web:1") });
  assert.equal(await fine(["apply", "-f", "-"], { stdin: deployment("web:2") }), "deployment.apps/web configured\n");
  await fine(["set", "image", "deployment/web", "helper=helper:2"]);
  const images = ["get", "deploy", "web", "-o", "jsonpath={.spec.template.spec.containers[*].image}"];
  assert.equal(await fine(images), "web:2 helper:2");
});

testEachKubectl("edit writes what the editor left, and nothing where it left all", async ({ fine, kubectl }) => {
  await fine(["create", "-f", "-"], { stdin: rule("reviews") });
  const edited = await fine(["edit", "vs", "reviews"], { editor: "sed -i 's/  - reviews$/  - edited/'" });
  assert.equal(edited, `${named} edited\n`);
  assert.equal(await fine(hosts), "edited");
  const left = await kubectl(["edit", "vs", "reviews"], { editor: "true" });
  assert.deepEqual([left.code, left.out + left.err], [0, "Edit cancelled, no changes made.\n"]);
});

testEachKubectl("label, annotate and replace change what is there", async ({ fine, file }) => {
  await fine(["create", "-f", "-"], { stdin: rule("reviews") });
  assert.equal(await fine(["label", "vs", "reviews", "a=b"]), `${named} labeled\n`);
  assert.match(await fine(["annotate", "vs", "reviews", "note=kept"]), /annotated?\n$/);
  const live = file("live.yaml", await fine(["get", "vs", "reviews", "-o", "yaml"]));
  assert.equal(await fine(["replace", "-f", live]), `${named} replaced\n`);
  assert.match(await fine(["replace", "--force", "-f", live]), /replaced\n$/);
  assert.equal(await fine(["get", "vs", "reviews", "-o", "jsonpath={.metadata.labels.a}"]), "b");
});

testEachKubectl("delete waits until the object is gone, others of its kind being there", async ({ fine, kubectl }) => {
  await fine(["create", "-f", "-"], { stdin: rule("reviews") });
  await fine(["create", "-f", "-"], { stdin: rule("ratings") });
  assert.match(await fine(["delete", "vs", "reviews"]), /^virtualservice\.networking\.istio\.io "reviews" deleted/);
  const gone = await kubectl(["get", "vs", "reviews"]);
  assert.equal(gone.code, 1);
  assert.equal(gone.err, 'Error from server (NotFound): virtualservices.networking.istio.io "reviews" not found\n');
  await fine(["delete", "vs", "--all"]);
  assert.equal((await kubectl(["get", "vs"])).err, "No resources found in default namespace.\n");
  await fine(["delete", "vs", "reviews", "--ignore-not-found"]);
});

testEachKubectl("a dry run and a diff say what would be, and store nothing", async ({ fine, kubectl }) => {
  const tried = await fine(["apply", "--dry-run=server", "-f", "-"], { stdin: rule("reviews") });
  assert.equal(tried, `${named} created (server dry run)\n`);
  assert.equal((await kubectl(["get", "vs", "reviews"])).code, 1);
  await fine(["apply", "-f", "-"], { stdin: rule("reviews") });
  const same = await kubectl(["diff", "-f", "-"], { stdin: rule("reviews") });
  assert.deepEqual([same.code, same.out], [0, ""]);
  const other = await kubectl(["diff", "-f", "-"], { stdin: rule("reviews", "ratings") });
  assert.equal(other.code, 1);
  assert.match(other.out, /^- +host: reviews\n\+ +host: ratings$/m);
  assert.doesNotMatch(other.out, /^[-+].*(lastTransitionTime|Reconciled|resourceVersion)/m);
});

testEachKubectl("create makes the kinds that kubectl knows by itself", async ({ fine }) => {
  await fine(["create", "namespace", "shop"]);
  await fine(["create", "configmap", "settings", "--from-literal", "colour=red"]);
  await fine(["create", "secret", "generic", "keys", "--from-literal", "user=somebody"]);
  await fine(["create", "serviceaccount", "web"]);
  await fine(["create", "service", "clusterip", "web", "--tcp=80:8080"]);
  await fine(["create", "deployment", "web", "--image=web:1"]);
  const path = async (kind: string, name: string, at: string): Promise<string> =>
    fine(["get", kind, name, "-o", `jsonpath={${at}}`]);
  assert.equal(await path("cm", "settings", ".data.colour"), "red");
  assert.equal(await path("secret", "keys", ".data.user"), Buffer.from("somebody").toString("base64"));
  assert.equal(await path("svc", "web", ".spec.ports[0].targetPort"), "8080");
  assert.equal(await path("deploy", "web", ".spec.template.spec.containers[0].image"), "web:1");
  await fine(["delete", "namespace", "shop"]);
});
