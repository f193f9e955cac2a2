import assert from "node:assert/strict";
import { rule, testEachKubectl } from "./bench.ts";

const wrong = JSON.stringify({
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "reviews" },
  spec: { hosts: ["reviews"], http: [{ timeout: "soon", route: [{ destination: {} }] }] },
});

testEachKubectl("an invalid object is told of with every finding, and nothing is stored", async ({ kubectl }) => {
  for (const verb of ["create", "apply"]) {
    const { code, err } = await kubectl([verb, "-f", "-"], { stdin: wrong });
    assert.equal(code, 1);
    assert.match(
      err,
      /The VirtualService "reviews" is invalid: ?\n\* spec\.http\[0\]\.\S+: .*\n\* spec\.http\[0\]\.\S+: /,
    );
    assert.match(err, /\* spec\.http\[0\]\.timeout: .*"soon"/);
    assert.match(err, /\* spec\.http\[0\]\.route\[0\]\.destination\.host: /);
  }
  assert.equal((await kubectl(["get", "vs", "reviews"])).code, 1);
});

testEachKubectl("a change that is invalid leaves what was there", async ({ fine, kubectl }) => {
  await fine(["apply", "-f", "-"], { stdin: rule("reviews") });
  const { code, err } = await kubectl(["apply", "-f", "-"], { stdin: wrong });
  assert.equal(code, 1);
  assert.match(err, /The VirtualService "reviews" is invalid/);
  assert.equal(
    await fine(["get", "vs", "reviews", "-o", "jsonpath={.spec.http[0].route[0].destination.host}"]),
    "reviews",
  );
});

testEachKubectl("a name that is taken and a state that is old are conflicts", async ({ fine, kubectl, file }) => {
  await fine(["create", "-f", "-"], { stdin: rule("reviews") });
  const taken = await kubectl(["create", "-f", "-"], { stdin: rule("reviews") });
  assert.equal(taken.code, 1);
  assert.match(
    taken.err,
    /^Error from server \(AlreadyExists\): .*virtualservices\.networking\.istio\.io "reviews" already exists$/m,
  );
  const old = file("old.yaml", await fine(["get", "vs", "reviews", "-o", "yaml"]));
  await fine(["label", "vs", "reviews", "a=b"]);
  const stale = await kubectl(["replace", "-f", old]);
  assert.equal(stale.code, 1);
  assert.match(
    stale.err,
    /^Error from server \(Conflict\): error when replacing .*: Operation cannot be fulfilled on virtualservices\.networking\.istio\.io "reviews": the object has been modified; please apply your changes to the latest version and try again$/m,
  );
});

testEachKubectl(
  "a field that there is not is refused as a cluster does",
  async ({ kubectl }) => {
    const stdin = wrong
      .replace('"timeout":"soon"', '"timeuot":"1s"')
      .replace('"destination":{}', '"destination":{"host":"a"}');
    const { code, err } = await kubectl(["create", "-f", "-"], { stdin });
    assert.equal(code, 1);
    assert.match(
      err,
      /^Error from server \(BadRequest\): .*strict decoding error: unknown field "spec\.http\[0\]\.timeuot"/m,
    );
    const lenient = await kubectl(["create", "--validate=warn", "-f", "-"], { stdin });
    assert.equal(lenient.code, 0);
    assert.match(lenient.err, /^Warning: unknown field "spec\.http\[0\]\.timeuot"$/m);
  },
  27,
);

testEachKubectl("what the registry does not know is said as a cluster says it", async ({ kubectl }) => {
  const kind = await kubectl(["apply", "-f", "-"], { stdin: rule("a").replace("VirtualService", "EnvoyFilter") });
  assert.equal(kind.code, 1);
  assert.match(kind.err, /no matches for kind "EnvoyFilter" in version "networking\.istio\.io\/v1"/);
  const place = await kubectl(["create", "-n", "nowhere", "-f", "-"], { stdin: rule("a") });
  assert.equal(place.code, 1);
  assert.match(place.err, /^Error from server \(NotFound\): .*namespaces "nowhere" not found$/m);
});

testEachKubectl("server-side apply is said not to be there", async ({ kubectl }) => {
  const { code, err } = await kubectl(["apply", "--server-side", "-f", "-"], { stdin: rule("a") });
  assert.equal(code, 1);
  assert.match(err, /Server-side apply not available on the server/);
});
