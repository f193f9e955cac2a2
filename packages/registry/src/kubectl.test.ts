import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { startTestRegistry, virtualService } from "./testing/test-registry.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
const skip = hasKubectl ? false : "there is no kubectl on this machine";

const shared = process.env["INTRAMESH_SHARED"] ?? resolve(import.meta.dirname, "../../../../shared");
const bookinfo = join(shared, "data/istio-bookinfo");

type Kubectl = (args: readonly string[], input?: string) => Promise<{ code: number; out: string; err: string }>;

/** The real kubectl, knowing nothing but this registry. */
async function startKubectl(
  t: TestContext,
): Promise<{ kubectl: Kubectl; registry: Awaited<ReturnType<typeof startTestRegistry>> }> {
  const registry = await startTestRegistry(t);
  const home = mkdtempSync(join(tmpdir(), "intramesh-kubectl-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const kubectl: Kubectl = (args, input = "") =>
    new Promise((done) => {
      const child = spawn("kubectl", ["--server", registry.url, ...args], {
        env: { ...process.env, HOME: home, KUBECONFIG: "" },
      });
      let [out, err] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (chunk) => {
        out += chunk;
      });
      child.stderr.setEncoding("utf8").on("data", (chunk) => {
        err += chunk;
      });
      child.on("close", (code) => done({ code: code ?? -1, out, err }));
      child.stdin.end(input);
    });
  return { kubectl, registry };
}

const reviews = JSON.stringify(virtualService("reviews"));

test("kubectl applies, sees nothing to do, and applies a change", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  const apply = async (text: string): Promise<string> => (await kubectl(["apply", "-f", "-"], text)).out;
  assert.equal(await apply(reviews), "virtualservice.networking.istio.io/reviews created\n");
  assert.equal(await apply(reviews), "virtualservice.networking.istio.io/reviews unchanged\n");
  const changed = reviews.replace('"host":"reviews"', '"host":"ratings"');
  assert.equal(await apply(changed), "virtualservice.networking.istio.io/reviews configured\n");
  const host = await kubectl(["get", "vs", "reviews", "-o", "jsonpath={.spec.http[0].route[0].destination.host}"]);
  assert.equal(host.out, "ratings");
});

test("kubectl shows Istio's columns and the warnings of the registry", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  const applied = await kubectl(["apply", "-f", "-"], reviews);
  assert.match(
    applied.err,
    /^Warning: IST0101 spec\.http\[0\]\S+\.host: host reviews\.default\S+ is not known to the mesh: /m,
  );
  const { out } = await kubectl(["get", "virtualservices"]);
  assert.match(out, /^NAME +GATEWAYS +HOSTS +AGE\nreviews +\["reviews"\] +\d+s\n$/);
  assert.match((await kubectl(["describe", "vs", "reviews"])).out, /Kind: +VirtualService/);
});

test("kubectl patches, labels, replaces and deletes", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  await kubectl(["create", "-f", "-"], reviews);
  const patch = ["patch", "vs", "reviews", "--type", "merge", "-p", '{"metadata":{"labels":{"a":"b"}}}'];
  assert.equal((await kubectl(patch)).out, "virtualservice.networking.istio.io/reviews patched\n");
  assert.equal((await kubectl(["label", "vs", "reviews", "c=d"])).code, 0);
  assert.equal(
    (await kubectl(["get", "vs", "-l", "a=b,c=d", "-o", "name"])).out.trim(),
    "virtualservice.networking.istio.io/reviews",
  );
  const { out: yaml } = await kubectl(["get", "vs", "reviews", "-o", "yaml"]);
  assert.equal(
    (await kubectl(["replace", "-f", "-"], yaml)).out,
    "virtualservice.networking.istio.io/reviews replaced\n",
  );
  assert.equal((await kubectl(["delete", "vs", "reviews"])).code, 0);
  const gone = await kubectl(["get", "vs", "reviews"]);
  assert.equal(gone.code, 1);
  assert.match(gone.err, /Error from server \(NotFound\): virtualservices\.networking\.istio\.io "reviews" not found/);
});

test("kubectl shows each finding about an invalid object", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  const { code, err } = await kubectl(["create", "-f", "-"], reviews.replace('"name":"reviews"', '"name":"re_views"'));
  assert.equal(code, 1);
  assert.match(err, /The VirtualService "re_views" is invalid: \n?\*? ?metadata\.name: "re_views" is not a DNS name/);
});

test("kubectl edits the ports of a Service", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  const service = (port: number): string =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "a" },
      spec: { ports: [{ name: "http", port }] },
    });
  await kubectl(["apply", "-f", "-"], service(9080));
  assert.equal((await kubectl(["apply", "-f", "-"], service(9081))).out, "service/a configured\n");
  assert.equal(
    (await kubectl(["get", "svc", "a", "-o", "jsonpath={.spec.ports}"])).out,
    '[{"name":"http","port":9081}]',
  );
});

test("kubectl creates and deletes a namespace", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  assert.equal((await kubectl(["create", "namespace", "shop"])).out, "namespace/shop created\n");
  assert.equal((await kubectl(["apply", "-n", "shop", "-f", "-"], reviews)).code, 0);
  assert.equal((await kubectl(["delete", "namespace", "shop"])).code, 0);
  assert.equal((await kubectl(["get", "vs", "-A"])).err, "No resources found\n");
});

test("kubectl waits for what is there", { skip }, async (t) => {
  const { kubectl } = await startKubectl(t);
  await kubectl(["create", "-f", "-"], reviews);
  const wait = ["wait", "--for=jsonpath={.spec.hosts[0]}=reviews", "vs/reviews", "--timeout=5s"];
  assert.equal((await kubectl(wait)).out, "virtualservice.networking.istio.io/reviews condition met\n");
});

function bookinfoSkip(): string | false {
  if (!hasKubectl) return "there is no kubectl on this machine";
  if (existsSync(bookinfo)) return false;
  assert.notEqual(process.env["CI"], "true", `${bookinfo} is missing`);
  return `${bookinfo} is missing`;
}

test("kubectl applies Istio's own Bookinfo rules", { skip: bookinfoSkip() }, async (t) => {
  const { kubectl } = await startKubectl(t);
  const files = ["virtual-service-all-v1", "destination-rule-all", "bookinfo-gateway", "egress-rule-google-apis"];
  const flags = files.flatMap((name) => ["-f", join(bookinfo, `${name}.yaml`)]);
  const created = await kubectl(["apply", ...flags]);
  assert.equal(created.code, 0, created.err);
  assert.equal(created.out.match(/ created$/gm)?.length, 13);
  assert.equal((await kubectl(["apply", ...flags])).out.match(/ unchanged$/gm)?.length, 13);
});
