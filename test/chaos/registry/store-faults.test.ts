import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "../../support/eventually.ts";
import { type RegistryProcess, startRegistryProcess } from "./registry-process.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
const instance = "/mesh/v1/namespaces/default/services/reviews/instances/r1";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-faults-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

async function ask({ url }: RegistryProcess, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, retryAfter: response.headers.get("retry-after"), text: await response.text() };
}

function writeRule(registry: RegistryProcess, name: string, padding = 0): Promise<Answer> {
  const metadata = { name, annotations: { padding: "x".repeat(padding) } };
  const spec = { hosts: [name], http: [{ route: [{ destination: { host: name } }] }] };
  return ask(registry, "POST", rules, { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec });
}

const registration = { address: "10.0.0.1", ports: { http: 9080 } };

const canMount = spawnSync("unshare", ["-m", "true"]).status === 0 && process.getuid?.() === 0;

test("on a full disk writes are refused, reads and renewals go on, and writes resume with room (row 6)", {
  skip: canMount ? false : "needs the right to mount a small file system",
}, async (t) => {
  const data = mkdtempSync(join(tmpdir(), "intramesh-faults-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", data]);
  const started: RegistryProcess[] = [];
  t.after(async () => {
    await Promise.all(started.map((each) => each.kill()));
    execFileSync("umount", ["-l", data]);
    rmSync(data, { recursive: true });
  });
  const registry = await startRegistryProcess(data);
  started.push(registry);
  assert.equal((await ask(registry, "PUT", instance, registration)).status, 201);
  assert.equal((await writeRule(registry, "kept")).status, 201);
  const ballast = join(data, "ballast");
  assert.throws(() => writeFileSync(ballast, Buffer.alloc(4_000_000)), /ENOSPC/);
  let refused: Answer | undefined;
  await eventually("a write is refused", 10_000, async () => {
    const answer = await writeRule(registry, `r${performance.now()}`.replace(".", "-"), 50_000);
    if (answer.status !== 201) refused = answer;
    return refused !== undefined;
  });
  assert.deepEqual([refused!.status, refused!.retryAfter], [503, "5"]);
  assert.match(refused!.text, /registry\.db cannot be written: database or disk is full/);
  assert.equal((await ask(registry, "GET", `${rules}/kept`)).status, 200);
  assert.equal((await ask(registry, "PUT", instance, registration)).status, 200);
  assert.equal((await ask(registry, "GET", "/readyz")).status, 503);
  rmSync(ballast);
  assert.equal((await writeRule(registry, "resumed", 50_000)).status, 201);
  assert.equal((await ask(registry, "GET", "/readyz")).status, 200);
  await registry.kill();
  const again = await startRegistryProcess(data);
  started.push(again);
  for (const name of ["kept", "resumed"]) assert.equal((await ask(again, "GET", `${rules}/${name}`)).status, 200);
});

const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

test("a failed fsync is no acknowledgement; the store takes no write from then on, reads and renewals go on (row 5)", {
  skip: canTrace ? false : "needs strace",
}, async (t) => {
  const data = temporaryFolder(t);
  // The first commits of a new store are its own; one in the middle of the writes below fails.
  const inject = "inject=fsync,fdatasync:error=EIO:when=20";
  const under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject];
  const registry = await startRegistryProcess(data, { under });
  const node = Number(execFileSync("pgrep", ["-P", String(registry.pid)], { encoding: "utf8" }).split("\n")[0]);
  t.after(async () => {
    process.kill(node, "SIGKILL");
    await registry.kill();
  });
  assert.equal((await ask(registry, "PUT", instance, registration)).status, 201);
  const acknowledged: string[] = [];
  let refused: Answer | undefined;
  for (let index = 0; index < 40 && refused === undefined; index++) {
    const answer = await writeRule(registry, `v${index}`);
    if (answer.status === 201) acknowledged.push(`v${index}`);
    else refused = answer;
  }
  assert.equal(refused?.status, 503);
  assert.match(refused!.text, /registry\.db cannot be written: disk I\/O error/);
  assert.equal((await writeRule(registry, "later")).status, 503);
  assert.equal((await ask(registry, "GET", "/readyz")).status, 503);
  assert.equal((await ask(registry, "PUT", instance, registration)).status, 200);
  for (const name of acknowledged) assert.equal((await ask(registry, "GET", `${rules}/${name}`)).status, 200);
  process.kill(node, "SIGKILL");
  await registry.kill();
  const again = await startRegistryProcess(data);
  t.after(() => again.kill());
  for (const name of acknowledged) assert.equal((await ask(again, "GET", `${rules}/${name}`)).status, 200);
  assert.equal((await writeRule(again, "later")).status, 201);
});

test("a second registry on the same data is refused with the first one's pid, also after kill -9 of a third (row 27)", async (t) => {
  const data = temporaryFolder(t);
  const killed = await startRegistryProcess(data);
  await killed.kill();
  const first = await startRegistryProcess(data);
  t.after(() => first.kill());
  await assert.rejects(
    startRegistryProcess(data),
    new RegExp(
      `registry\\.db is in use by another registry, process ${first.pid}: stop that one, or give another --data`,
    ),
  );
  assert.equal((await writeRule(first, "still")).status, 201);
});
