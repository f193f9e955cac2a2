import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startTestRegistry, virtualService } from "./testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

/** The status of a GET that calls the registry by the name `host`. */
async function statusFor(url: string, path: string, host: string): Promise<number | undefined> {
  const { port } = new URL(url);
  const sent = request({ host: "127.0.0.1", port, path, headers: { host }, agent: false });
  const [response] = (await once(sent.end(), "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

function tokenFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-token-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a registry without a token is called by address or as localhost: a page whose name leads here reads nothing", async (t) => {
  const { url } = await startTestRegistry(t);
  const { port } = new URL(url);
  for (const host of ["127.0.0.1", `127.0.0.1:${port}`, `[::1]:${port}`, "LocalHost:80", "mesh.localhost"]) {
    assert.equal(await statusFor(url, "/api/v1/secrets", host), 200, host);
  }
  for (const host of [`evil.example:${port}`, "localhost.evil.example", "127.0.0.1.evil.example", "[::1"]) {
    for (const path of ["/api/v1/secrets", "/mesh/v1/watch", "/nope"]) {
      assert.equal(await statusFor(url, path, host), 403, `${host}${path}`);
    }
  }
});

test("a registry with a token is called by any name", async (t) => {
  const tokenFile = join(tokenFolder(t), "token");
  writeFileSync(tokenFile, "secret");
  const { url } = await startTestRegistry(t, { tokenFile });
  assert.equal(await statusFor(url, rules, "registry.example:7070"), 200);
});

test("a token that is changed in its file counts a second later, a file that goes changes nothing", async (t) => {
  const tokenFile = join(tokenFolder(t), "token");
  writeFileSync(tokenFile, "first");
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const { ask, clock } = await startTestRegistry(t, { tokenFile, logger: { info: say, warn: say, error: say } });
  const writeWith = async (token: string): Promise<number> =>
    (await ask("DELETE", `${rules}/none`, undefined, { authorization: `Bearer ${token}` })).status;
  assert.deepEqual([await writeWith("first"), await writeWith("second!")], [404, 401]);
  writeFileSync(tokenFile, "second!\n");
  clock.advance(1_000);
  assert.deepEqual([await writeWith("first"), await writeWith("second!")], [401, 404]);
  for (const spoil of [() => rmSync(tokenFile), () => writeFileSync(tokenFile, "")]) {
    spoil();
    clock.advance(1_000);
    assert.equal(await writeWith("second!"), 404);
  }
  clock.advance(1_000);
  assert.equal(await writeWith("second!"), 404);
  assert.deepEqual(
    said.filter((message) => !message.startsWith("instance")),
    [
      `the token of ${tokenFile} has changed`,
      `ENOENT: no such file or directory, stat '${tokenFile}'; the former token stays in force`,
    ],
  );
});

test("of a parameter that is given twice the first value counts", async (t) => {
  const { ask, lines } = await startTestRegistry(t);
  await ask("POST", rules, virtualService("a", { labels: { app: "a" } }));
  const { body } = await ask("GET", `${rules}?labelSelector=app%3Da&labelSelector=app%3Db`);
  assert.equal(body.items.length, 1);
  const watch = await lines("/mesh/v1/watch?services=a.default&services=b.default&kinds=VirtualService&kinds=X");
  assert.equal((await watch.next()).value.type, "RESET");
});

test("a heartbeat, a revision or a time beyond all measure is refused, or cut", async (t) => {
  const { ask, lines } = await startTestRegistry(t);
  const refused = await ask("GET", "/mesh/v1/watch?heartbeat=1e9");
  assert.equal(refused.body.message, 'heartbeat: "1e9" is not a number of seconds from 1 to 3600');
  for (const revision of [-1, 1e300]) {
    const report = await ask("PUT", "/mesh/v1/clients/x", { service: "a", namespace: "default", revision });
    assert.equal(report.status, 422, String(revision));
  }
  const watch = await lines(`${rules}?watch=true&resourceVersion=2&timeoutSeconds=1000000000`);
  await ask("POST", rules, virtualService("a"));
  assert.equal((await watch.next()).value.type, "ADDED");
});

test("names that every object has are unknown fields of an instance", async (t) => {
  const { ask } = await startTestRegistry(t);
  const body = '{"address":"10.0.0.1","ports":{"http":80},"__proto__":{},"constructor":1,"toString":1}';
  const { status, body: answer } = await ask("PUT", "/mesh/v1/namespaces/default/services/a/instances/a1", body);
  assert.equal(status, 422);
  assert.deepEqual(
    answer.details.causes.map(({ field }: { field: string }) => field),
    ["__proto__", "constructor", "toString"],
  );
});

test("a method that a path does not have is 405 with those that it has, probes answer to HEAD", async (t) => {
  const { ask } = await startTestRegistry(t);
  for (const [method, path, allow] of [
    ["PUT", "/mesh/v1/watch", "GET"],
    ["DELETE", "/version", "GET"],
    ["OPTIONS", "/apis/networking.istio.io/v1/virtualservices", "GET, POST, PUT, PATCH, DELETE"],
    ["PATCH", "/mesh/v1/namespaces/default/services/a/instances/a1", "GET, PUT, DELETE"],
  ] as const) {
    const { status, headers } = await ask(method, path);
    assert.deepEqual([status, headers.get("access-control-allow-origin")], [405, null], path);
    if (!path.startsWith("/apis")) assert.equal(headers.get("allow"), allow);
  }
  for (const path of ["/healthz", "/livez", "/readyz"]) assert.equal((await ask("HEAD", path)).status, 200, path);
});

test("what is sent to a path that is not there is not read", async (t) => {
  const { ask } = await startTestRegistry(t);
  const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
  const review = await ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "k8s\0", headers);
  assert.equal(review.status, 404);
});
